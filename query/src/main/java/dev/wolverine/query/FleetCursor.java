package dev.wolverine.query;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;

/**
 * The last server of a page, by what the list is sorted by: the next page begins behind that place,
 * whatever has come or gone before it.
 *
 * @param key of the column; 0 where the column is text
 * @param version where the column is the version, else empty
 * @param name in lower case
 * @param page number of the page that it ends, from 1
 */
public record FleetCursor(
        FleetSort sort,
        boolean descending,
        long key,
        String version,
        String name,
        String id,
        int page) {

    /** As text for addresses; means nothing to anybody else. */
    public String encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(sort.label());
            out.writeBoolean(descending);
            out.writeLong(key);
            out.writeUTF(version);
            out.writeUTF(name);
            out.writeUTF(id);
            out.writeInt(page);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** Empty if the text is none of ours. */
    public static Optional<FleetCursor> decode(String text) {
        try (DataInputStream in =
                new DataInputStream(
                        new ByteArrayInputStream(Base64.getUrlDecoder().decode(text)))) {
            Optional<FleetSort> sort = FleetSort.ofLabel(in.readUTF());
            FleetCursor cursor =
                    new FleetCursor(
                            sort.orElse(FleetSort.NAME),
                            in.readBoolean(),
                            in.readLong(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readUTF(),
                            in.readInt());
            return sort.isPresent() && in.read() < 0 && cursor.page > 0
                    ? Optional.of(cursor)
                    : Optional.empty();
        } catch (IllegalArgumentException | IOException e) {
            return Optional.empty();
        }
    }
}
