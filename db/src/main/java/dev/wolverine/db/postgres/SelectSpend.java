package dev.wolverine.db.postgres;

import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.CostAnomaly;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/** What a part of an organisation spent, by quarter of an hour. Blocking; thread-safe. */
public final class SelectSpend {

    private static final String OF_FLEET =
            """
            SELECT bucket, sum(cost_micros)::bigint AS cost_micros
            FROM fleet_usage
            WHERE org_id = ? AND dimension = ? AND bucket >= ? AND bucket < ?
                  AND series_id = ANY (ARRAY(SELECT id FROM usage_series WHERE org_id = ? AND dimension = ? AND key = ?))
            GROUP BY bucket
            """;

    private static final String OF_SERVER =
            """
            SELECT bucket, sum(cost_micros)::bigint AS cost_micros
            FROM usage_facts
            WHERE server_id = (SELECT id FROM servers WHERE org_id = ? AND instance_id = ?)
                  AND bucket >= ? AND bucket < ?
                  AND series_id = (SELECT id FROM usage_series WHERE org_id = ? AND dimension = 0)
            GROUP BY bucket
            """;

    private static final String TOP_SERVERS =
            """
            SELECT instance_id, cost_micros
            FROM (SELECT server_id, sum(cost_micros)::bigint AS cost_micros
                  FROM usage_facts
                  WHERE server_id = ANY (ARRAY(SELECT id FROM servers WHERE org_id = ?)) AND bucket >= ? AND bucket < ?
                        AND series_id = (SELECT id FROM usage_series WHERE org_id = ? AND dimension = 0)
                  GROUP BY server_id
                  ORDER BY cost_micros DESC
                  LIMIT 3) AS top
            JOIN servers ON id = server_id
            WHERE cost_micros > 0
            ORDER BY cost_micros DESC, instance_id
            """;

    private static final String ORGANISATIONS = "SELECT DISTINCT org_id FROM usage_series";

    private final DataSource writer;

    public SelectSpend(DataSource writer) {
        this.writer = writer;
    }

    /**
     * Micro-dollars by the start of each quarter in which something was spent.
     *
     * @param selector as a budget's
     * @throws IllegalArgumentException if the scope is a tag
     */
    public SortedMap<Instant, Long> execute(
            UUID organisationId, Budget.Scope scope, String selector, Instant from, Instant to) {
        return Transaction.run(
                writer,
                "reading what was spent",
                connection ->
                        scope == Budget.Scope.SERVER
                                ? ofServer(connection, organisationId, selector, from, to)
                                : ofFleet(
                                        connection,
                                        organisationId,
                                        dimension(scope),
                                        selector,
                                        from,
                                        to));
    }

    /** The three servers that spent most. */
    public List<CostAnomaly.Contributor> topServers(UUID organisationId, Instant from, Instant to) {
        return Transaction.run(
                writer,
                "reading who spent most",
                connection -> {
                    try (PreparedStatement select = connection.prepareStatement(TOP_SERVERS)) {
                        select.setObject(1, organisationId);
                        select.setTimestamp(2, Timestamp.from(from));
                        select.setTimestamp(3, Timestamp.from(to));
                        select.setObject(4, organisationId);
                        List<CostAnomaly.Contributor> top = new ArrayList<>();
                        try (ResultSet row = select.executeQuery()) {
                            while (row.next()) {
                                top.add(
                                        new CostAnomaly.Contributor(
                                                row.getString(1), row.getLong(2)));
                            }
                        }
                        return top;
                    }
                });
    }

    /** Organisations that have used anything. */
    public List<UUID> organisations() {
        return Transaction.run(
                writer,
                "listing organisations with usage",
                connection -> {
                    List<UUID> organisations = new ArrayList<>();
                    try (PreparedStatement select = connection.prepareStatement(ORGANISATIONS);
                            ResultSet row = select.executeQuery()) {
                        while (row.next()) {
                            organisations.add(row.getObject(1, UUID.class));
                        }
                    }
                    return organisations;
                });
    }

    private static int dimension(Budget.Scope scope) {
        return switch (scope) {
            case ORGANISATION -> 0;
            case MODEL -> 1;
            case CATEGORY -> 2;
            case PROVIDER -> 4;
            case SERVER, TAG ->
                    throw new IllegalArgumentException(
                            "scope: "
                                    + scope.label()
                                    + " (expected: organisation, model, category or provider)");
        };
    }

    private static SortedMap<Instant, Long> ofFleet(
            Connection connection,
            UUID organisationId,
            int dimension,
            String key,
            Instant from,
            Instant to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OF_FLEET)) {
            select.setObject(1, organisationId);
            select.setInt(2, dimension);
            select.setTimestamp(3, Timestamp.from(from));
            select.setTimestamp(4, Timestamp.from(to));
            select.setObject(5, organisationId);
            select.setInt(6, dimension);
            select.setString(7, key);
            return read(select);
        }
    }

    private static SortedMap<Instant, Long> ofServer(
            Connection connection, UUID organisationId, String instanceId, Instant from, Instant to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OF_SERVER)) {
            select.setObject(1, organisationId);
            select.setString(2, instanceId);
            select.setTimestamp(3, Timestamp.from(from));
            select.setTimestamp(4, Timestamp.from(to));
            select.setObject(5, organisationId);
            return read(select);
        }
    }

    private static SortedMap<Instant, Long> read(PreparedStatement select) throws SQLException {
        SortedMap<Instant, Long> spend = new TreeMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                spend.put(row.getTimestamp(1).toInstant(), row.getLong(2));
            }
        }
        return spend;
    }
}
