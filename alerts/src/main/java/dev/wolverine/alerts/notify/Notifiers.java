package dev.wolverine.alerts.notify;

import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.model.ChannelRecord;
import dev.wolverine.db.model.OutboxClaim;
import java.util.Map;

/** Opens a channel and gives its message to the notifier of its kind. Blocking; thread-safe. */
public final class Notifiers implements OutboxWorker.Deliveries {

    private final ChannelVault vault;
    private final Map<ChannelKind, Notifier> byKind;

    /**
     * @param byKind a kind without one cannot be delivered to
     */
    public Notifiers(ChannelVault vault, Map<ChannelKind, Notifier> byKind) {
        this.vault = vault;
        this.byKind = Map.copyOf(byKind);
    }

    @Override
    public Outcome deliver(OutboxClaim claim) {
        Message message;
        try {
            message = message(claim);
        } catch (IllegalArgumentException e) {
            return Outcome.failed("what was to be told cannot be read");
        }
        return deliver(claim.channel(), message);
    }

    /** Delivers at once, past the outbox: for tests of a channel. */
    public Outcome deliver(ChannelRecord channel, Message message) {
        Notifier notifier = byKind.get(channel.kind());
        if (notifier == null) {
            return Outcome.retry(
                    channel.kind().label() + " is not configured at this platform any more");
        }
        try {
            return notifier.deliver(vault.open(channel), message);
        } catch (SecretBox.Unopenable e) {
            return Outcome.retry("the secret cannot be opened with this installation's key");
        }
    }

    private static Message message(OutboxClaim claim) {
        if (claim.digestId().isEmpty()) {
            return new Message.Single(
                    claim.channel().id(),
                    NotificationCodec.read(claim.entries().getFirst().payload()),
                    claim.reference());
        }
        return new Message.Digest(
                claim.channel().id(),
                claim.digestId().get(),
                claim.entries().stream()
                        .map(entry -> NotificationCodec.read(entry.payload()))
                        .toList());
    }
}
