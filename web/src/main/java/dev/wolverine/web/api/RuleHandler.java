package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.wolverine.alerts.engine.Backtest;
import dev.wolverine.alerts.engine.DefaultRules;
import dev.wolverine.alerts.engine.RuleReader;
import dev.wolverine.alerts.rule.RuleText;
import dev.wolverine.db.alert.RuleRecord;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.postgres.RuleStore;
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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Rules: what is judged, tried over history, carried in files. */
public final class RuleHandler {

    private static final String RULES = "/api/v1/rules";

    private static final long DEFAULT_DAYS = 14;
    private static final int BACKTESTS_AT_ONCE = 2;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    private final RuleStore rules;
    private final Backtest backtest;
    private final Runnable changed;
    private final BlockingCalls blocking;
    private final Clock clock;
    private final RuleReader reader = new RuleReader();
    private final Semaphore backtests = new Semaphore(BACKTESTS_AT_ONCE);

    /**
     * @param changed wakes who judges
     */
    public RuleHandler(
            RuleStore rules,
            Backtest backtest,
            Runnable changed,
            BlockingCalls blocking,
            Clock clock) {
        this.rules = rules;
        this.backtest = backtest;
        this.changed = changed;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(HttpMethod.GET, RULES, Access.READ, this::list),
                new Endpoint(HttpMethod.POST, RULES, Access.OPERATE, this::create),
                new Endpoint(HttpMethod.GET, RULES + "/export", Access.READ, this::export),
                new Endpoint(HttpMethod.POST, RULES + "/import", Access.OPERATE, this::importAll),
                new Endpoint(HttpMethod.POST, RULES + "/validate", Access.READ, this::validate),
                new Endpoint(HttpMethod.POST, RULES + "/backtest", Access.OPERATE, this::backtest),
                new Endpoint(HttpMethod.GET, RULES + "/:id", Access.READ, this::one),
                new Endpoint(HttpMethod.PUT, RULES + "/:id", Access.OPERATE, this::update),
                new Endpoint(HttpMethod.DELETE, RULES + "/:id", Access.OPERATE, this::delete));
    }

    private record Trial(@Nullable RuleText rule, @Nullable Long days) {}

    private record File(@Nullable String yaml) {}

    private record InFile(@Nullable List<RuleText> rules) {}

    private void list(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> known(organisation)),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("rules");
                                    for (RuleRecord rule : found) {
                                        json.writeStartObject();
                                        write(json, rule);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    /** An organisation that was made a moment ago has its first rules too. */
    private List<RuleRecord> known(UUID organisation) {
        List<RuleRecord> found = rules.list(organisation);
        if (!found.isEmpty()) {
            return found;
        }
        rules.createDefaults(organisation, DefaultRules.wishes(), now());
        return rules.list(organisation);
    }

    private void one(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        long id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() -> rules.versions(organisation, id)),
                versions -> answer(context, 200, versions));
    }

    private void create(RoutingContext context) {
        save(
                context,
                201,
                (principal, wish) ->
                        rules.create(principal.organisationId(), wish, principal.subject(), now()));
    }

    private void update(RoutingContext context) {
        long id = id(context);
        save(
                context,
                200,
                (principal, wish) ->
                        rules.update(
                                principal.organisationId(), id, wish, principal.subject(), now()));
    }

    @FunctionalInterface
    private interface Saving {
        RuleStore.Result save(Principal principal, RuleStore.Wish wish);
    }

    private void save(RoutingContext context, int status, Saving saving) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), RuleText.class),
                text -> {
                    Principal principal = principal(context);
                    read(text, principal);
                    RuleStore.Wish wish = RuleReader.wish(text);
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                RuleStore.Result result = saving.save(principal, wish);
                                refuse(result, wish.name());
                                changed.run();
                                return rules.versions(principal.organisationId(), result.id());
                            }),
                            versions -> answer(context, status, versions));
                });
    }

    private void delete(RoutingContext context) {
        Principal principal = principal(context);
        long id = id(context);
        Answers.whenDone(
                context,
                blocking.call(() ->
                        rules.delete(principal.organisationId(), id, principal.subject(), now())),
                deleted -> {
                    if (!deleted) {
                        throw nobodys();
                    }
                    changed.run();
                    Answers.nothing(context);
                });
    }

    private void validate(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), RuleText.class),
                text -> {
                    List<RuleReader.Fault> faults = new ArrayList<>();
                    try {
                        reader.read(text, 0, principal(context).organisationId(), 0);
                    } catch (RuleReader.Invalid e) {
                        faults.addAll(e.faults());
                    }
                    Answers.json(
                            context,
                            200,
                            json -> {
                                json.writeStartObject();
                                json.writeBooleanField("valid", faults.isEmpty());
                                json.writeArrayFieldStart("errors");
                                for (RuleReader.Fault fault : faults) {
                                    write(json, fault);
                                }
                                json.writeEndArray();
                                json.writeEndObject();
                            });
                });
    }

    private void backtest(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Trial.class),
                trial -> {
                    Principal principal = principal(context);
                    if (trial.rule == null) {
                        throw Problem.badRequest("rule: missing (expected: a rule)");
                    }
                    RuleReader.Ready ready = read(trial.rule, principal);
                    if (ready.rule().kind().isOfOrganisation()) {
                        throw Problem.badRequest(
                                "rule: of the whole organisation (expected: a kind that judges"
                                        + " servers)");
                    }
                    long days =
                            Texts.number(
                                    "days", trial.days, DEFAULT_DAYS, 1, Backtest.LONGEST.toDays());
                    Instant until = now();
                    Instant from = until.minus(Duration.ofDays(days));
                    Answers.whenDone(
                            context,
                            blocking.call(() -> run(ready, principal, from, until)),
                            report -> answer(context, report, from, until));
                });
    }

    private Backtest.Report run(
            RuleReader.Ready ready, Principal principal, Instant from, Instant until) {
        if (!backtests.tryAcquire()) {
            throw Problem.unavailable("other rules are being tried; try again");
        }
        try {
            return backtest.run(ready, principal.organisationId(), from, until);
        } finally {
            backtests.release();
        }
    }

    private void export(RoutingContext context) {
        UUID organisation = principal(context).organisationId();
        Answers.whenDone(
                context,
                blocking.call(() -> known(organisation).stream().map(RuleReader::text).toList()),
                texts -> Answers.bytes(context, "application/yaml", yaml(new InFile(texts))));
    }

    private void importAll(RoutingContext context) {
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), File.class),
                file -> {
                    Principal principal = principal(context);
                    List<RuleText> texts = parse(Objects.requireNonNullElse(file.yaml, ""));
                    for (RuleText text : texts) {
                        read(text, principal);
                    }
                    List<RuleStore.Wish> wishes = texts.stream().map(RuleReader::wish).toList();
                    Answers.whenDone(
                            context,
                            blocking.call(() -> {
                                List<RuleStore.Result> results =
                                        rules.importAll(
                                                principal.organisationId(),
                                                wishes,
                                                principal.subject(),
                                                now());
                                results.forEach(result -> refuse(result, "of the file"));
                                changed.run();
                                return results.size();
                            }),
                            count ->
                                    Answers.json(
                                            context,
                                            200,
                                            json -> {
                                                json.writeStartObject();
                                                json.writeNumberField("imported", count);
                                                json.writeEndObject();
                                            }));
                });
    }

    private RuleReader.Ready read(RuleText text, Principal principal) {
        try {
            return reader.read(text, 0, principal.organisationId(), 0);
        } catch (RuleReader.Invalid e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static List<RuleText> parse(String yaml) {
        try {
            InFile file = YAML.readValue(yaml, InFile.class);
            if (file == null || file.rules == null || file.rules.isEmpty()) {
                throw Problem.badRequest("yaml: no rules (expected: a list named rules)");
            }
            return file.rules;
        } catch (JsonProcessingException e) {
            throw Problem.badRequest(
                    "yaml: not readable at line %d, column %d (expected: a list named rules)"
                            .formatted(
                                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                                    e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
        }
    }

    private static byte[] yaml(InFile file) {
        try {
            return YAML.writeValueAsString(file).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rules are not writable", e);
        }
    }

    private static void refuse(RuleStore.Result result, String name) {
        switch (result.outcome()) {
            case DONE -> {}
            case NAME_TAKEN ->
                    throw Problem.of(409, "name: another rule has it (expected: a new one)");
            case TOO_MANY ->
                    throw Problem.of(
                            409, "too many rules (expected: at most " + RuleStore.MAX_RULES + ")");
            case UNKNOWN -> throw nobodys();
        }
    }

    private static void answer(RoutingContext context, int status, List<RuleRecord> versions) {
        if (versions.isEmpty()) {
            throw nobodys();
        }
        Answers.json(
                context,
                status,
                json -> {
                    json.writeStartObject();
                    write(json, versions.getFirst());
                    json.writeArrayFieldStart("versions");
                    for (RuleRecord version : versions) {
                        json.writeStartObject();
                        write(json, version);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                });
    }

    private static void answer(
            RoutingContext context, Backtest.Report report, Instant from, Instant until) {
        Answers.json(
                context,
                200,
                json -> {
                    json.writeStartObject();
                    Fields.time(json, "from", from);
                    Fields.time(json, "to", until);
                    json.writeNumberField("servers", report.servers());
                    json.writeNumberField("total", report.total());
                    json.writeArrayFieldStart("firings");
                    for (Backtest.Firing firing : report.firings()) {
                        json.writeStartObject();
                        json.writeStringField("serverId", firing.server());
                        Fields.time(json, "from", firing.from());
                        Fields.time(json, "to", firing.until());
                        json.writeStringField("message", firing.summary());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                });
    }

    private static void write(JsonGenerator json, RuleRecord rule) throws IOException {
        json.writeNumberField("id", rule.id());
        json.writeNumberField("version", rule.version());
        Fields.time(json, "updatedAt", rule.updatedAt());
        json.writeStringField("updatedBy", rule.updatedBy());
        json.writeFieldName("rule");
        json.writeRawValue(JSON.writeValueAsString(RuleReader.text(rule)));
    }

    private static void write(JsonGenerator json, RuleReader.Fault fault) throws IOException {
        json.writeStartObject();
        json.writeStringField("field", fault.field());
        json.writeStringField("message", fault.message());
        json.writeNumberField("line", fault.line());
        json.writeNumberField("column", fault.column());
        json.writeEndObject();
    }

    private static long id(RoutingContext context) {
        String text = Endpoint.parameter(context, "id");
        if (!text.matches("[0-9]{1,18}")) {
            throw nobodys();
        }
        return Long.parseLong(text);
    }

    private static Problem nobodys() {
        return Problem.notFound("no rule of this organisation has this id");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Principal principal(RoutingContext context) {
        return Caller.of(context).principal();
    }
}
