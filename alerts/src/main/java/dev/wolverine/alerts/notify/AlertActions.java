package dev.wolverine.alerts.notify;

import java.time.Duration;
import java.util.UUID;

/**
 * What people can do to alerts from where they are told of them. Blocking; thread-safe; done twice
 * is done once.
 */
public interface AlertActions {

    /**
     * Acknowledges all firing alerts of a group.
     *
     * @param by who, for the record: `slack:U0123456789`
     * @return false if the organisation has no such open group
     */
    boolean acknowledge(UUID organisation, UUID groupId, String by);

    /**
     * Keeps a group quiet for a while.
     *
     * @return false if the organisation has no such open group
     */
    boolean snooze(UUID organisation, UUID groupId, Duration length, String by);

    /** Where nothing looks after alerts: there is no group to do anything to. */
    static AlertActions none() {
        return new AlertActions() {
            @Override
            public boolean acknowledge(UUID organisation, UUID groupId, String by) {
                return false;
            }

            @Override
            public boolean snooze(UUID organisation, UUID groupId, Duration length, String by) {
                return false;
            }
        };
    }
}
