package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.CostAnomaly;
import dev.wolverine.db.model.ServerUptime;
import dev.wolverine.db.model.Uptime;
import dev.wolverine.db.postgres.CostAnomalies;
import dev.wolverine.db.reader.SelectBlindWindows;
import dev.wolverine.db.reader.SelectFleetHealth;
import dev.wolverine.db.reader.SelectLostTime;
import dev.wolverine.db.reader.UsageAmounts;
import dev.wolverine.query.analytics.AnalyticsQuery;
import dev.wolverine.query.analytics.AnalyticsReport;
import dev.wolverine.query.analytics.BudgetQuery;
import dev.wolverine.query.analytics.CostQuery;
import dev.wolverine.query.analytics.CostReport;
import dev.wolverine.query.analytics.Grouping;
import dev.wolverine.query.analytics.Period;
import dev.wolverine.query.analytics.QuotaQuery;
import dev.wolverine.query.analytics.QuotaReport;
import dev.wolverine.query.analytics.ServerFigures;
import dev.wolverine.query.analytics.ServerFiguresQuery;
import dev.wolverine.query.analytics.SlaQuery;
import dev.wolverine.query.analytics.SlaReport;
import dev.wolverine.query.analytics.SpendForecast;
import dev.wolverine.query.analytics.Step;
import dev.wolverine.query.analytics.UsageSeries;
import dev.wolverine.query.analytics.UsageShare;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers questions about usage, cost and uptime. */
public final class AnalyticsHandler {

    private static final int MAX_GROUPS = 1_000;
    private static final int MAX_LOST = 1_000;
    private static final double MICROS = 1e6;

    private final Questions questions;
    private final BlockingCalls blocking;
    private final Clock clock;

    /** What answers. */
    public record Questions(
            AnalyticsQuery analytics,
            CostQuery cost,
            ServerFiguresQuery servers,
            SlaQuery sla,
            QuotaQuery quota,
            BudgetQuery budgets,
            CostAnomalies anomalies) {}

    public AnalyticsHandler(Questions questions, BlockingCalls blocking, Clock clock) {
        this.questions = questions;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                endpoint("", this::analytics),
                endpoint("/cost", this::cost),
                endpoint("/series", this::series),
                endpoint("/servers", this::servers),
                endpoint("/versions", this::versions),
                endpoint("/sla", this::sla),
                endpoint("/lost", this::lost),
                endpoint("/quota", this::quota),
                endpoint("/projection", this::projection),
                endpoint("/anomalies", this::anomalies));
    }

    private static Endpoint endpoint(String path, io.vertx.core.Handler<RoutingContext> handler) {
        return new Endpoint(
                HttpMethod.GET, "/api/v1/analytics" + path, Access.READ, handler::handle);
    }

    private void analytics(RoutingContext context) {
        Period period = parameters(context).period("24h");
        Answers.whenDone(
                context,
                questions.analytics.read(organisation(context), period),
                report -> Answers.json(context, 200, json -> write(json, report)));
    }

    private void cost(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        Period period = parameters.period("7d");
        Grouping by = parameters.grouping("groupBy", Grouping.MODEL);
        @Nullable Grouping by2 = parameters.grouping("by2");
        @Nullable String server = parameters.server();
        int limit = parameters.limit(100, MAX_GROUPS);
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                AnalyticsParameters.checked(() ->
                        questions.cost.breakdown(organisation, period, by, by2, server, limit)),
                report -> Answers.json(context, 200, json -> write(json, report, by, by2)));
    }

    private void series(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        Period period = parameters.period("24h");
        Step step = parameters.step(period);
        @Nullable Grouping by = parameters.grouping("groupBy");
        @Nullable String server = parameters.server();
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                AnalyticsParameters.checked(
                        () -> questions.cost.series(organisation, period, step, by, server)),
                series -> Answers.json(context, 200, json -> write(json, series, step, by)));
    }

    private void servers(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        Answers.whenDone(
                context,
                questions.servers.read(
                        organisation(context),
                        parameters.period("7d"),
                        parameters.order(),
                        parameters.limit(20, MAX_GROUPS)),
                figures -> Answers.json(context, 200, json -> writeServers(json, figures)));
    }

    private void versions(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        Answers.whenDone(
                context,
                questions.servers.read(
                        organisation(context),
                        parameters.period("7d"),
                        ServerFiguresQuery.Order.COST,
                        1),
                figures -> Answers.json(context, 200, json -> writeVersions(json, figures)));
    }

    private void sla(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        SlaQuery.Question question =
                new SlaQuery.Question(
                        parameters.period("30d"),
                        parameters.server(),
                        parameters.target(),
                        parameters.serving(),
                        parameters.limit(100, MAX_GROUPS));
        Answers.whenDone(
                context,
                questions.sla.read(organisation(context), question),
                found -> {
                    SlaReport report = found.orElseThrow(AnalyticsHandler::unknown);
                    Answers.json(context, 200, json -> write(json, report));
                });
    }

    private void lost(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        String server = parameters.server();
        if (server == null) {
            throw Problem.badRequest("server: missing (expected: an instance id)");
        }
        Period period = parameters.period("24h");
        int limit = parameters.limit(100, MAX_LOST);
        Answers.whenDone(
                context,
                questions.sla.lost(organisation(context), server, period, limit),
                found -> {
                    List<SelectLostTime.Lost> lost = found.orElseThrow(AnalyticsHandler::unknown);
                    Answers.json(context, 200, json -> write(json, period, lost));
                });
    }

    private void quota(RoutingContext context) {
        @Nullable String server = parameters(context).server();
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                blocking.call(() -> questions.quota.read(organisation, server)),
                report -> Answers.json(context, 200, json -> write(json, report)));
    }

    private void projection(RoutingContext context) {
        AnalyticsParameters parameters = parameters(context);
        var scope = parameters.scope();
        String selector = parameters.selector();
        Step cycle = parameters.calendar();
        var zone = parameters.zone();
        UUID organisation = organisation(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        questions.budgets.project(organisation, scope, selector, cycle, zone)),
                projection ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeStringField("cycle", cycle.label());
                                    Fields.time(json, "from", projection.start());
                                    Fields.time(json, "to", projection.end());
                                    writeOutlook(json, projection.outlook());
                                    json.writeEndObject();
                                }));
    }

    private void anomalies(RoutingContext context) {
        UUID organisation = organisation(context);
        AnalyticsParameters parameters = parameters(context);
        int limit = parameters.limit(100, MAX_GROUPS);
        Answers.whenDone(
                context,
                blocking.call(() -> questions.anomalies.latest(organisation, limit)),
                found -> Answers.json(context, 200, json -> writeAnomalies(json, found)));
    }

    private static void write(JsonGenerator json, AnalyticsReport report) throws IOException {
        UsageAmounts total = report.now().total();
        UsageAmounts repairs = report.now().repairs();
        SelectFleetHealth.Health health = report.health();
        json.writeStartObject();
        writePeriod(json, report.period());
        json.writeNumberField("totalServers", report.totalServers());
        json.writeNumberField("activeServers", report.activeServers());
        json.writeNumberField("totalRepairs", repairs.calls());
        number(json, "successRate", successRate(repairs));
        json.writeNumberField("totalTokens", total.tokens());
        json.writeNumberField("totalCost", total.costMicros() / MICROS);
        json.writeObjectFieldStart("tokensByCategory");
        for (Map.Entry<String, UsageAmounts> one : new TreeMap<>(report.byCategory()).entrySet()) {
            json.writeNumberField(one.getKey(), one.getValue().tokens());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("costByModel");
        for (Map.Entry<String, UsageAmounts> one : new TreeMap<>(report.byModel()).entrySet()) {
            json.writeNumberField(one.getKey(), one.getValue().costMicros() / MICROS);
        }
        json.writeEndObject();
        number(json, "uptimePercent", percent(report.uptime().reachable()));
        number(json, "avgResponseTime", health.meanMillis());

        json.writeObjectFieldStart("usage");
        writeAmounts(json, total);
        json.writeNumberField(
                "unattributedMicros",
                total.costMicros()
                        - report.byModel().values().stream()
                                .mapToLong(UsageAmounts::costMicros)
                                .sum());
        json.writeEndObject();
        json.writeObjectFieldStart("repairs");
        writeRepairs(json, repairs);
        json.writeEndObject();
        json.writeObjectFieldStart("previous");
        Fields.time(json, "from", report.period().previous().from());
        Fields.time(json, "to", report.period().previous().to());
        writeAmounts(json, report.before().total());
        json.writeNumberField("repairs", report.before().repairs().calls());
        number(json, "costChange", change(total, report.before().total()));
        json.writeEndObject();
        json.writeObjectFieldStart("recovery");
        json.writeNumberField("episodes", health.episodesBegan());
        json.writeNumberField("recovered", health.episodesEnded());
        number(json, "meanTimeToHealthySeconds", health.meanSecondsToHealthy());
        json.writeNumberField("resolutionSeconds", 60);
        json.writeEndObject();
        json.writeObjectFieldStart("slowestRouteAverageMs");
        json.writeNumberField("servers", health.servers());
        number(json, "meanOverServers", health.meanMillis());
        number(json, "p50OverServers", health.p50Millis());
        number(json, "p95OverServers", health.p95Millis());
        number(json, "p99OverServers", health.p99Millis());
        json.writeEndObject();
        json.writeObjectFieldStart("uptime");
        writeUptime(json, report.uptime());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(
            JsonGenerator json, CostReport report, Grouping by, @Nullable Grouping by2)
            throws IOException {
        json.writeStartObject();
        writePeriod(json, report.period());
        json.writeStringField("groupBy", by.label());
        Fields.text(json, "by2", by2 == null ? null : by2.label());
        json.writeNumberField("totalCost", report.total().costMicros() / MICROS);
        json.writeObjectFieldStart("total");
        writeAmounts(json, report.total());
        json.writeEndObject();
        json.writeObjectFieldStart("previous");
        writeAmounts(json, report.previousTotal());
        number(json, "costChange", change(report.total(), report.previousTotal()));
        json.writeEndObject();
        json.writeNumberField("unattributedMicros", report.unattributedMicros());
        json.writeNumberField("groupCount", report.groupCount());
        json.writeArrayFieldStart("groups");
        for (UsageShare share : report.groups()) {
            json.writeStartObject();
            json.writeStringField("key", share.key());
            if (by2 != null) {
                json.writeStringField("key2", share.key2());
            }
            json.writeNumberField("cost", share.amounts().costMicros() / MICROS);
            number(json, "share", share.share());
            json.writeNumberField("previousCostMicros", share.previousCostMicros());
            number(json, "change", share.change());
            writeAmounts(json, share.amounts());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(
            JsonGenerator json, UsageSeries series, Step step, @Nullable Grouping by)
            throws IOException {
        json.writeStartObject();
        writePeriod(json, series.period());
        json.writeStringField("step", step.label());
        Fields.text(json, "groupBy", by == null ? null : by.label());
        json.writeArrayFieldStart("starts");
        for (Instant edge : series.edges().subList(0, series.edges().size() - 1)) {
            json.writeString(Fields.iso(edge));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("points");
        for (UsageSeries.Point point : series.points()) {
            json.writeStartObject();
            Fields.time(json, "time", point.time());
            if (by != null) {
                json.writeStringField("key", point.key());
            }
            writeAmounts(json, point.amounts());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeServers(JsonGenerator json, ServerFigures figures) throws IOException {
        json.writeStartObject();
        writePeriod(json, figures.period());
        json.writeArrayFieldStart("servers");
        for (ServerFigures.Server server : figures.servers()) {
            json.writeStartObject();
            json.writeStringField("id", server.instanceId());
            Fields.text(json, "name", server.name());
            Fields.text(json, "version", server.version());
            json.writeNumberField("restarts", server.restarts());
            json.writeObjectFieldStart("repairs");
            writeRepairs(json, server.repairs());
            json.writeEndObject();
            writeAmounts(json, server.total());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeVersions(JsonGenerator json, ServerFigures figures)
            throws IOException {
        json.writeStartObject();
        writePeriod(json, figures.period());
        json.writeArrayFieldStart("versions");
        for (ServerFigures.Version version : figures.versions()) {
            json.writeStartObject();
            Fields.text(json, "version", version.version());
            json.writeNumberField("servers", version.servers());
            json.writeNumberField("restarts", version.restarts());
            json.writeNumberField(
                    "restartsPerServer", (double) version.restarts() / version.servers());
            json.writeObjectFieldStart("repairs");
            writeRepairs(json, version.repairs());
            json.writeEndObject();
            number(
                    json,
                    "costPerCallMicros",
                    version.total().calls() == 0
                            ? null
                            : (double) version.total().costMicros() / version.total().calls());
            writeAmounts(json, version.total());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SlaReport report) throws IOException {
        json.writeStartObject();
        Fields.time(json, "from", report.from());
        Fields.time(json, "to", report.to());
        json.writeNumberField("targetPercent", rounded(report.target() * 100));
        json.writeStringField("objective", report.serving() ? "serving" : "reachable");
        number(json, "keptPercent", percent(report.kept()));
        json.writeNumberField("budgetSeconds", report.budgetMs() / 1000.0);
        json.writeNumberField("lostSeconds", report.lostMs() / 1000.0);
        json.writeNumberField("budgetLeftSeconds", (report.budgetMs() - report.lostMs()) / 1000.0);
        json.writeObjectFieldStart("uptime");
        writeUptime(json, report.uptime());
        json.writeEndObject();
        json.writeArrayFieldStart("burnRates");
        for (SlaReport.Burn burn : report.burns()) {
            json.writeStartObject();
            json.writeNumberField("longSeconds", burn.longWindow().toSeconds());
            json.writeNumberField("shortSeconds", burn.shortWindow().toSeconds());
            json.writeNumberField("limit", burn.limit());
            number(json, "longRate", burn.longRate());
            number(json, "shortRate", burn.shortRate());
            json.writeBooleanField("burning", burn.isBurning());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("blindWindows");
        for (SelectBlindWindows.Window window : report.blind()) {
            json.writeStartObject();
            Fields.time(json, "from", window.began());
            Fields.time(json, "to", window.ended());
            json.writeStringField("reason", window.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("serverCount", report.serverCount());
        json.writeArrayFieldStart("servers");
        for (ServerUptime server : report.servers()) {
            json.writeStartObject();
            json.writeStringField("id", server.instanceId());
            writeUptime(json, server.uptime());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Period period, List<SelectLostTime.Lost> lost)
            throws IOException {
        json.writeStartObject();
        writePeriod(json, period);
        json.writeArrayFieldStart("lost");
        for (SelectLostTime.Lost one : lost) {
            json.writeStartObject();
            Fields.time(json, "from", one.began());
            Fields.time(json, "to", one.ended());
            json.writeStringField("kind", one.kind());
            json.writeNumberField(
                    "seconds", (one.ended().toEpochMilli() - one.began().toEpochMilli()) / 1000.0);
            json.writeNumberField("blindSeconds", one.blindSeconds());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QuotaReport report) throws IOException {
        json.writeStartObject();
        Fields.time(json, "asOf", report.asOf());
        Fields.time(json, "lastInferenceAt", report.lastInferenceAt().orElse(null));
        Fields.text(json, "zone", report.zone().map(zone -> lower(zone.name())).orElse(null));
        json.writeArrayFieldStart("windows");
        for (QuotaReport.Window window : report.windows()) {
            json.writeStartObject();
            json.writeNumberField("hours", window.length().toHours());
            Fields.time(json, "from", window.from());
            json.writeNumberField("requests", window.amounts().calls());
            writeAmounts(json, window.amounts());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeAnomalies(JsonGenerator json, List<CostAnomaly> anomalies)
            throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("anomalies");
        for (CostAnomaly anomaly : anomalies) {
            json.writeStartObject();
            Fields.time(json, "hour", anomaly.hour());
            json.writeNumberField("costMicros", anomaly.costMicros());
            json.writeNumberField("expectedMicros", anomaly.expectedMicros());
            json.writeNumberField("z", rounded(anomaly.z()));
            json.writeArrayFieldStart("contributors");
            for (CostAnomaly.Contributor one : anomaly.contributors()) {
                json.writeStartObject();
                json.writeStringField("server", one.instanceId());
                json.writeNumberField("costMicros", one.costMicros());
                json.writeEndObject();
            }
            json.writeEndArray();
            Fields.time(json, "detectedAt", anomaly.detectedAt());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void writeOutlook(JsonGenerator json, SpendForecast.Outlook outlook) throws IOException {
        json.writeNumberField("spentMicros", outlook.spent());
        json.writeNumberField("projectedMicros", outlook.expected());
        if (outlook.isEarly()) {
            json.writeNullField("projectedP10Micros");
            json.writeNullField("projectedP90Micros");
        } else {
            json.writeNumberField("projectedP10Micros", outlook.p10());
            json.writeNumberField("projectedP90Micros", outlook.p90());
        }
        json.writeStringField("method", outlook.isEarly() ? "early_estimate" : "hour_of_week");
    }

    private static void writePeriod(JsonGenerator json, Period period) throws IOException {
        Fields.time(json, "from", period.from());
        Fields.time(json, "to", period.to());
        json.writeStringField("timeZone", period.zone().getId());
    }

    private static void writeAmounts(JsonGenerator json, UsageAmounts amounts) throws IOException {
        json.writeNumberField("costMicros", amounts.costMicros());
        json.writeNumberField("estimatedCostMicros", amounts.estimatedCostMicros());
        json.writeNumberField("cacheSavingsMicros", amounts.cacheSavingsMicros());
        json.writeNumberField("calls", amounts.calls());
        json.writeNumberField("tokens", amounts.tokens());
        json.writeNumberField("inputTokens", amounts.inputTokens());
        json.writeNumberField("outputTokens", amounts.outputTokens());
        json.writeNumberField("cacheCreationTokens", amounts.cacheCreationTokens());
        json.writeNumberField("cacheReadTokens", amounts.cacheReadTokens());
    }

    private static void writeRepairs(JsonGenerator json, UsageAmounts repairs) throws IOException {
        json.writeNumberField("total", repairs.calls());
        json.writeNumberField("successes", repairs.successes());
        json.writeNumberField("failures", repairs.failures());
        json.writeNumberField("costMicros", repairs.costMicros());
    }

    private static void writeUptime(JsonGenerator json, Uptime uptime) throws IOException {
        number(json, "reachablePercent", percent(uptime.reachable()));
        number(json, "servingPercent", percent(uptime.serving()));
        number(json, "completenessPercent", percent(uptime.completeness()));
        json.writeNumberField("measuredSeconds", uptime.measuredMs() / 1000.0);
        json.writeNumberField("lateSeconds", uptime.lateMs() / 1000.0);
        json.writeNumberField("blindSeconds", uptime.blindMs() / 1000.0);
    }

    private static @Nullable Double successRate(UsageAmounts repairs) {
        return repairs.calls() == 0 ? null : repairs.successes() * 100.0 / repairs.calls();
    }

    private static @Nullable Double change(UsageAmounts now, UsageAmounts before) {
        return before.costMicros() == 0
                ? null
                : (double) (now.costMicros() - before.costMicros()) / before.costMicros();
    }

    private static @Nullable Double percent(OptionalDouble part) {
        return part.isPresent() ? (Double) (part.getAsDouble() * 100) : null;
    }

    static void number(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        number(json, name, value.isPresent() ? (Double) value.getAsDouble() : null);
    }

    private static void number(JsonGenerator json, String name, @Nullable Double value)
            throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, rounded(value));
        }
    }

    /** To six digits behind the point: what is behind them is noise of the division. */
    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private AnalyticsParameters parameters(RoutingContext context) {
        return new AnalyticsParameters(context.queryParams(), clock.instant());
    }

    private static UUID organisation(RoutingContext context) {
        return Caller.of(context).principal().organisationId();
    }

    private static Problem unknown() {
        return Problem.notFound("no such server in this organisation");
    }
}
