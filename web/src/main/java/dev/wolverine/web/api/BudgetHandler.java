package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.Budget;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.BudgetStore;
import dev.wolverine.query.analytics.BudgetQuery;
import dev.wolverine.query.analytics.BudgetReport;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes, shows, changes and ends budgets. */
public final class BudgetHandler {

    private static final int MOST_THRESHOLDS = 10;
    private static final int HIGHEST_THRESHOLD = 1_000;

    private final BudgetStore budgets;
    private final BudgetQuery query;
    private final BlockingCalls blocking;
    private final Clock clock;

    public BudgetHandler(
            BudgetStore budgets, BudgetQuery query, BlockingCalls blocking, Clock clock) {
        this.budgets = budgets;
        this.query = query;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        String one = "/api/v1/budgets/:id";
        return List.of(
                new Endpoint(HttpMethod.GET, "/api/v1/budgets", Access.READ, this::list),
                new Endpoint(HttpMethod.POST, "/api/v1/budgets", Access.OPERATE, this::create),
                new Endpoint(HttpMethod.GET, one, Access.READ, this::get),
                new Endpoint(HttpMethod.PUT, one, Access.OPERATE, this::change),
                new Endpoint(HttpMethod.DELETE, one, Access.OPERATE, this::delete));
    }

    private void list(RoutingContext context) {
        UUID organisation = by(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> budgets.list(organisation).stream().map(query::read).toList()),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("budgets");
                                    for (BudgetReport report : found) {
                                        write(json, report);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void get(RoutingContext context) {
        UUID organisation = by(context).organisationId();
        UUID id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        query.read(
                                budgets.find(organisation, id)
                                        .orElseThrow(BudgetHandler::unknown))),
                report -> Answers.json(context, 200, json -> write(json, report)));
    }

    private void create(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Wish.class),
                wish -> {
                    Principal by = by(context);
                    Budget budget = budget(by, UUID.randomUUID(), wish);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                check(budgets.insert(by, budget));
                                return query.read(budget);
                            }),
                            report -> Answers.json(context, 201, json -> write(json, report)));
                });
    }

    private void change(RoutingContext context) {
        UUID id = id(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Wish.class),
                wish -> {
                    Principal by = by(context);
                    Budget budget = budget(by, id, wish);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                check(budgets.update(by, budget, now()));
                                return query.read(
                                        budgets.find(by.organisationId(), id)
                                                .orElseThrow(BudgetHandler::unknown));
                            }),
                            report -> Answers.json(context, 200, json -> write(json, report)));
                });
    }

    private void delete(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() -> {
                    check(budgets.delete(by, id, now()));
                    return true;
                }),
                _ -> Answers.nothing(context));
    }

    private static void check(BudgetStore.Outcome outcome) {
        switch (outcome) {
            case DONE -> {}
            case UNKNOWN -> throw unknown();
            case NAME_TAKEN ->
                    throw Problem.of(409, "name: in use (expected: one that no budget has)");
            case TOO_MANY ->
                    throw Problem.of(
                            409, "budgets: " + BudgetStore.MAX + " already (expected: fewer)");
        }
    }

    private Budget budget(Principal by, UUID id, Wish wish) {
        Budget.Scope scope = scope(wish.scope);
        Budget.Cycle cycle = cycle(wish.period);
        return new Budget(
                id,
                by.organisationId(),
                Texts.name("name", wish.name),
                scope,
                selector(scope, wish.selector),
                cycle,
                AnalyticsParameters.zone("timeZone", wish.timeZone),
                limit(wish.limitMicros),
                thresholds(wish.thresholds),
                wish.forecast == null || wish.forecast,
                now(),
                by.subject());
    }

    private static Budget.Scope scope(@Nullable String value) {
        if (value == null) {
            return Budget.Scope.ORGANISATION;
        }
        return Budget.Scope.ofLabel(value)
                .filter(scope -> scope != Budget.Scope.TAG)
                .orElseThrow(() ->
                        Problem.badRequest(
                                "scope: unknown (expected: organisation, server, model, provider"
                                        + " or category)"));
    }

    private static Budget.Cycle cycle(@Nullable String value) {
        if (value == null) {
            return Budget.Cycle.MONTH;
        }
        return Budget.Cycle.ofLabel(value)
                .orElseThrow(() ->
                        Problem.badRequest("period: unknown (expected: hour, day, week or month)"));
    }

    private static String selector(Budget.Scope scope, @Nullable String value) {
        if (scope != Budget.Scope.ORGANISATION) {
            return Texts.name("selector", value);
        }
        if (value != null && !value.isEmpty()) {
            throw Problem.badRequest("selector: given (expected: none with scope organisation)");
        }
        return "";
    }

    private static long limit(@Nullable Long value) {
        if (value == null) {
            throw Problem.badRequest("limitMicros: missing (expected: micro-dollars, 0 or more)");
        }
        return Texts.number("limitMicros", value, 0, 0, Long.MAX_VALUE / 2_000);
    }

    private static List<Integer> thresholds(@Nullable List<Integer> values) {
        if (values == null) {
            return Budget.DEFAULT_THRESHOLDS;
        }
        TreeSet<Integer> thresholds = new TreeSet<>();
        for (Integer value : values) {
            if (value == null || value < 1 || value > HIGHEST_THRESHOLD) {
                throw Problem.badRequest(
                        "thresholds: " + value + " (expected: percents, 1 to 1000)");
            }
            thresholds.add(value);
        }
        if (thresholds.size() > MOST_THRESHOLDS) {
            throw Problem.badRequest("thresholds: too many (expected: at most 10)");
        }
        return List.copyOf(thresholds);
    }

    private static void write(JsonGenerator json, BudgetReport report) throws IOException {
        Budget budget = report.budget();
        json.writeStartObject();
        json.writeStringField("id", budget.id().toString());
        json.writeStringField("name", budget.name());
        json.writeStringField("scope", budget.scope().label());
        json.writeStringField("selector", budget.selector());
        json.writeStringField("period", budget.cycle().label());
        json.writeStringField("timeZone", budget.zone().getId());
        json.writeNumberField("limitMicros", budget.limitMicros());
        json.writeArrayFieldStart("thresholds");
        for (int threshold : budget.thresholds()) {
            json.writeNumber(threshold);
        }
        json.writeEndArray();
        json.writeBooleanField("forecast", budget.forecast());
        Fields.time(json, "createdAt", budget.createdAt());
        json.writeStringField("createdBy", budget.createdBy());
        json.writeObjectFieldStart("status");
        Fields.time(json, "from", report.periodStart());
        Fields.time(json, "to", report.periodEnd());
        AnalyticsHandler.writeOutlook(json, report.outlook());
        json.writeNumberField("percentSpent", Math.round(report.percentSpent() * 100) / 100.0);
        json.writeStringField("zone", report.zone().name().toLowerCase(Locale.ROOT));
        json.writeEndObject();
        json.writeEndObject();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Principal by(RoutingContext context) {
        return Caller.of(context).principal();
    }

    private static UUID id(RoutingContext context) {
        return Inputs.id(context).orElseThrow(BudgetHandler::unknown);
    }

    private static Problem unknown() {
        return Problem.notFound("no such budget in this organisation");
    }

    private record Wish(
            @Nullable String name,
            @Nullable String scope,
            @Nullable String selector,
            @Nullable String period,
            @Nullable String timeZone,
            @Nullable Long limitMicros,
            @Nullable List<Integer> thresholds,
            @Nullable Boolean forecast) {}
}
