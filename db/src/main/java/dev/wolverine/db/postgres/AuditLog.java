package dev.wolverine.db.postgres;

import dev.wolverine.db.model.AuditEntry;
import dev.wolverine.db.model.AuditRecord;
import dev.wolverine.db.model.AuditVerdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The audit log: a chain of records for each organisation. Blocking; thread-safe. Fails with {@link
 * dev.wolverine.db.StorageException}.
 */
public final class AuditLog {

    private static final int PAGE = 1_000;

    /** Makes the head where there is none, and locks it until the end of the transaction. */
    private static final String LOCK_HEAD =
            """
            INSERT INTO audit_heads AS head (org_id, seq, hash) VALUES (?, 0, ?)
            ON CONFLICT (org_id) DO UPDATE SET seq = head.seq
            RETURNING seq, hash
            """;

    private static final String INSERT =
            """
            INSERT INTO audit_log (org_id, seq, at, subject, action, target, detail, previous_hash, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
            """;

    private static final String UPDATE_HEAD =
            "UPDATE audit_heads SET seq = ?, hash = ? WHERE org_id = ?";

    private static final String SELECT =
            """
            SELECT org_id, seq, at, subject, action, target, detail, previous_hash, hash
            FROM audit_log
            WHERE org_id = ? AND seq > ?
            ORDER BY seq
            LIMIT
            """
                    + PAGE;

    private static final String SELECT_HEAD = "SELECT seq, hash FROM audit_heads WHERE org_id = ?";

    private final DataSource writer;

    public AuditLog(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Adds an entry in the transaction of what it tells of, as its last statement: the head of the
     * organisation's chain is locked until it ends.
     */
    static void append(Connection connection, AuditEntry entry) throws SQLException {
        AuditRecord record = following(connection, entry);
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement update = connection.prepareStatement(UPDATE_HEAD)) {
            insert.setObject(1, entry.organisationId());
            insert.setLong(2, record.sequence());
            insert.setObject(3, Columns.utc(entry.at()));
            insert.setString(4, entry.subject());
            insert.setString(5, entry.action());
            insert.setString(6, entry.target());
            insert.setString(7, AuditDetail.json(entry.detail()));
            insert.setBytes(8, record.previousHash());
            insert.setBytes(9, record.hash());
            insert.executeUpdate();
            update.setLong(1, record.sequence());
            update.setBytes(2, record.hash());
            update.setObject(3, entry.organisationId());
            update.executeUpdate();
        }
    }

    /** Adds what happened without a change of anything else, such as a login that failed. */
    public void append(AuditEntry entry) {
        Transaction.run(
                writer,
                "writing the audit log",
                connection -> {
                    append(connection, entry);
                    return true;
                });
    }

    /** Recomputes the organisation's chain from its first record to its head. */
    public AuditVerdict verify(UUID organisationId) {
        return Transaction.run(
                writer,
                "checking the audit log",
                connection -> {
                    // What is appended from now on is seen by no question. The pool resets it.
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    return new Check(connection, organisationId).verdict();
                });
    }

    /** Gives every record of an organisation, oldest first, holding a thousand at a time. */
    public void forEach(UUID organisationId, Consumer<AuditRecord> consumer) {
        long after = 0;
        List<AuditRecord> page;
        do {
            page = page(organisationId, after);
            page.forEach(consumer);
            after += page.size();
        } while (page.size() == PAGE);
    }

    /** At most a thousand records after this number, oldest first. */
    public List<AuditRecord> page(UUID organisationId, long after) {
        try (Connection connection = writer.getConnection()) {
            return page(connection, organisationId, after);
        } catch (SQLException e) {
            throw SqlFailure.of("reading the audit log", e);
        }
    }

    private static AuditRecord following(Connection connection, AuditEntry entry)
            throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_HEAD)) {
            lock.setObject(1, entry.organisationId());
            lock.setBytes(2, AuditRecord.beginning());
            try (ResultSet head = lock.executeQuery()) {
                head.next();
                return AuditRecord.after(head.getLong(1), head.getBytes(2), entry);
            }
        }
    }

    private static List<AuditRecord> page(Connection connection, UUID organisationId, long after)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setObject(1, organisationId);
            select.setLong(2, after);
            List<AuditRecord> records = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    records.add(record(row));
                }
            }
            return records;
        }
    }

    private static AuditRecord record(ResultSet row) throws SQLException {
        AuditEntry entry =
                new AuditEntry(
                        row.getObject(1, UUID.class),
                        row.getTimestamp(3).toInstant(),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        AuditDetail.ofJson(row.getString(7)));
        return new AuditRecord(row.getLong(2), entry, row.getBytes(8), row.getBytes(9));
    }

    /** Walks one chain. */
    private static final class Check {

        private final Connection connection;
        private final UUID organisationId;
        private long sequence;
        private byte[] hash = AuditRecord.beginning();

        Check(Connection connection, UUID organisationId) {
            this.connection = connection;
            this.organisationId = organisationId;
        }

        AuditVerdict verdict() throws SQLException {
            List<AuditRecord> page;
            do {
                page = page(connection, organisationId, sequence);
                for (AuditRecord record : page) {
                    if (record.sequence() != sequence + 1) {
                        return broken("it is missing");
                    }
                    if (!Arrays.equals(record.previousHash(), hash)) {
                        return broken("it does not follow the record before it");
                    }
                    if (!record.isIntact()) {
                        return broken("its content is not what was written");
                    }
                    sequence = record.sequence();
                    hash = record.hash();
                }
            } while (page.size() == PAGE);
            return atEnd();
        }

        private AuditVerdict atEnd() throws SQLException {
            try (PreparedStatement select = connection.prepareStatement(SELECT_HEAD)) {
                select.setObject(1, organisationId);
                try (ResultSet head = select.executeQuery()) {
                    long last = head.next() ? head.getLong(1) : 0;
                    if (last > sequence) {
                        return broken("it is missing");
                    }
                    if (last < sequence || (last > 0 && !Arrays.equals(head.getBytes(2), hash))) {
                        return new AuditVerdict.Broken(sequence, "the head is of another record");
                    }
                    return new AuditVerdict.Intact(sequence, hash);
                }
            }
        }

        private AuditVerdict broken(String reason) {
            return new AuditVerdict.Broken(sequence + 1, reason);
        }
    }
}
