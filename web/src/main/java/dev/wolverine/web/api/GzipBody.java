package dev.wolverine.web.api;

import dev.wolverine.web.http.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks gzip with two bounds, on the size and on the ratio, that hold while unpacking: a small
 * body never becomes a large array first.
 */
final class GzipBody {

    /** Deflate reaches 1032; JSON of our kind stays below 30. */
    static final int MAX_RATIO = 100;

    private GzipBody() {}

    static byte[] unpack(byte[] packed, int maxBytes) {
        long limit = Math.min(maxBytes, (long) packed.length * MAX_RATIO);
        ByteArrayOutputStream unpacked = new ByteArrayOutputStream(packed.length * 4);
        byte[] part = new byte[8192];
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            for (int read = gzip.read(part); read >= 0; read = gzip.read(part)) {
                if (unpacked.size() + read > limit) {
                    throw Problem.of(
                            413,
                            "body: too large when unpacked (expected: at most "
                                    + limit
                                    + " bytes)");
                }
                unpacked.write(part, 0, read);
            }
        } catch (IOException e) {
            throw Problem.badRequest("body: not gzip (expected: what Content-Encoding says)");
        }
        return unpacked.toByteArray();
    }
}
