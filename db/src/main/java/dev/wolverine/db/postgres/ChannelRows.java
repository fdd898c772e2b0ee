package dev.wolverine.db.postgres;

import dev.wolverine.db.model.ChannelKind;
import dev.wolverine.db.model.ChannelRecord;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Channels as rows. */
final class ChannelRows {

    static final String COLUMNS =
            """
            c.id, c.org_id, c.name, c.kind, c.settings, c.secret, c.min_severity, c.enabled, c.disabled_because, c.created_at,
            c.created_by
            """;

    private ChannelRows() {}

    static List<ChannelRecord> read(PreparedStatement select) throws SQLException {
        List<ChannelRecord> channels = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                channels.add(read(row));
            }
        }
        return List.copyOf(channels);
    }

    static ChannelRecord read(ResultSet row) throws SQLException {
        return new ChannelRecord(
                row.getObject("id", UUID.class),
                row.getObject("org_id", UUID.class),
                row.getString("name"),
                ChannelKind.ofLabel(row.getString("kind")).orElseThrow(),
                row.getString("settings"),
                row.getBytes("secret"),
                row.getInt("min_severity"),
                row.getBoolean("enabled"),
                row.getString("disabled_because"),
                Objects.requireNonNull(Columns.instant(row, "created_at")),
                row.getString("created_by"));
    }
}
