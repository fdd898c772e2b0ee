package dev.wolverine.alerts.notify;

import dev.wolverine.db.model.ChannelRecord;
import java.time.Instant;
import java.util.UUID;

/** Channels for tests. */
final class Channels {

    private Channels() {}

    static ChannelRecord of(ChannelVault vault, Target target) {
        UUID id = UUID.randomUUID();
        return record(id, vault.shown(target), vault.seal(id, target), target);
    }

    /** Its secret under another channel's id. */
    static ChannelRecord moved(ChannelRecord channel) {
        return new ChannelRecord(
                UUID.randomUUID(),
                channel.organisationId(),
                channel.name(),
                channel.kind(),
                channel.settings(),
                channel.secret(),
                0,
                true,
                null,
                channel.createdAt(),
                channel.createdBy());
    }

    private static ChannelRecord record(UUID id, String shown, byte[] sealed, Target target) {
        return new ChannelRecord(
                id,
                UUID.randomUUID(),
                "channel",
                target.kind(),
                shown,
                sealed,
                0,
                true,
                null,
                Instant.EPOCH,
                "test");
    }
}
