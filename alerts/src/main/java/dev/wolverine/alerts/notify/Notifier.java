package dev.wolverine.alerts.notify;

/**
 * Delivers one message by one kind of channel.
 *
 * <p>Blocking, for less than 30 seconds; thread-safe. Nothing that goes wrong is thrown: it is the
 * {@link Outcome}.
 */
@FunctionalInterface
public interface Notifier {

    /**
     * @param target of the kind that this one is for
     */
    Outcome deliver(Target target, Message message);
}
