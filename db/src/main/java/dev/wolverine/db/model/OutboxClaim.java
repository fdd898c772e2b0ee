package dev.wolverine.db.model;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What one worker is to deliver to one channel, as one message.
 *
 * @param lease proves that the channel is still this worker's
 * @param entries oldest first; one, unless it is a digest
 * @param digestId the digest's event id, the same on every try as its entries are
 * @param reference what the channel calls the message about the group of a single entry
 */
public record OutboxClaim(
        ChannelRecord channel,
        UUID lease,
        List<OutboxEntry> entries,
        Optional<UUID> digestId,
        Optional<String> reference) {

    public OutboxClaim {
        entries = List.copyOf(entries);
    }
}
