package dev.wolverine.bench.measure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * The floor: the rows that were just stored, copied once more into a table of the same form with
 * nothing around it, by one binary COPY a transaction of 5,000 rows, in the same PostgreSQL.
 */
final class CopyBaseline {
    private static final int ROWS_PER_COPY = 5000;
    private static final int MOST_ROWS = 500_000;

    /** Signature, flags, and the length of no extension. */
    private static final int HEADER_BYTES = 19;

    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final byte[] TRAILER = {(byte) 0xFF, (byte) 0xFF};

    /**
     * What it took.
     *
     * @param cpuSecondsPerMillion of the server's process and of this one
     */
    record Floor(long rows, double cpuSecondsPerMillion, double rowsPerSecond) {}

    private final Connection connection;

    CopyBaseline(Connection connection) {
        this.connection = connection;
    }

    Floor measure() throws SQLException, IOException {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        List<byte[]> rows = read(copies);
        List<byte[]> batches = batches(rows);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE bench_copy (LIKE heartbeats INCLUDING ALL)");
            long backend = backendPid(statement);
            long start = System.nanoTime();
            double cpu = cpu(backend);
            for (byte[] batch : batches) {
                CopyIn copy = copies.copyIn("COPY bench_copy FROM STDIN (FORMAT binary)");
                copy.writeToCopy(batch, 0, batch.length);
                copy.endCopy();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double spent = cpu(backend) - cpu;
            statement.execute("DROP TABLE bench_copy");
            return new Floor(rows.size(), spent * 1e6 / rows.size(), rows.size() / seconds);
        }
    }

    private static double cpu(long backend) throws IOException {
        return CpuTimes.of(backend) + CpuTimes.of(ProcessHandle.current().pid());
    }

    private static long backendPid(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
            result.next();
            return result.getLong(1);
        }
    }

    /** In the order in which they were stored, one array a row. */
    private static List<byte[]> read(CopyManager copies) throws SQLException {
        CopyOut copy =
                copies.copyOut(
                        "COPY (SELECT * FROM heartbeats LIMIT "
                                + MOST_ROWS
                                + ") TO STDOUT (FORMAT binary)");
        List<byte[]> rows = new ArrayList<>();
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            int from = rows.isEmpty() ? HEADER_BYTES : 0;
            if (message.length - from > TRAILER.length) {
                byte[] row = new byte[message.length - from];
                System.arraycopy(message, from, row, 0, row.length);
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<byte[]> batches(List<byte[]> rows) {
        List<byte[]> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += ROWS_PER_COPY) {
            List<byte[]> batch = rows.subList(from, Math.min(rows.size(), from + ROWS_PER_COPY));
            int bytes = batch.stream().mapToInt(row -> row.length).sum();
            ByteBuffer buffer = ByteBuffer.allocate(HEADER.length + bytes + TRAILER.length);
            buffer.put(HEADER);
            batch.forEach(buffer::put);
            batches.add(buffer.put(TRAILER).array());
        }
        return batches;
    }
}
