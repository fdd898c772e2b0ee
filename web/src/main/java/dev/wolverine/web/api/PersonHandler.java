package dev.wolverine.web.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wolverine.db.model.OneTimeLink;
import dev.wolverine.db.model.Organisation;
import dev.wolverine.db.model.Person;
import dev.wolverine.db.model.PersonChange;
import dev.wolverine.db.model.Principal;
import dev.wolverine.db.model.Role;
import dev.wolverine.db.model.SessionEnd;
import dev.wolverine.db.postgres.PersonStore;
import dev.wolverine.web.http.Access;
import dev.wolverine.web.http.Answers;
import dev.wolverine.web.http.BlockingCalls;
import dev.wolverine.web.http.Caller;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.RequestBody;
import dev.wolverine.web.json.Fields;
import dev.wolverine.web.session.Links;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks after the people of an organisation: who may log in, and as what. */
public final class PersonHandler {

    private static final String USERS = "/api/v1/users";
    private static final String USER = USERS + "/:id";
    private static final String INVITATIONS = "/api/v1/invitations";

    private final PersonStore people;
    private final Links links;
    private final Consumer<SessionEnd> ended;
    private final BlockingCalls blocking;
    private final Clock clock;

    /**
     * @param ended closes what a session holds open, everywhere; may block
     */
    public PersonHandler(
            PersonStore people,
            Links links,
            Consumer<SessionEnd> ended,
            BlockingCalls blocking,
            Clock clock) {
        this.people = people;
        this.links = links;
        this.ended = ended;
        this.blocking = blocking;
        this.clock = clock;
    }

    public List<Endpoint> endpoints() {
        Access access = Access.MANAGE_PEOPLE;
        return List.of(
                new Endpoint(HttpMethod.GET, USERS, access, this::list),
                new Endpoint(HttpMethod.PATCH, USER, access, this::change),
                new Endpoint(HttpMethod.POST, USER + "/password-link", access, this::passwordLink),
                new Endpoint(HttpMethod.DELETE, USER + "/sessions", access, this::logOut),
                new Endpoint(HttpMethod.GET, INVITATIONS, access, this::listInvitations),
                new Endpoint(HttpMethod.POST, INVITATIONS, access, this::invite),
                new Endpoint(HttpMethod.DELETE, INVITATIONS + "/:id", access, this::uninvite));
    }

    private void list(RoutingContext context) {
        Principal by = by(context);
        answer(
                context,
                () -> people.list(by.organisationId()),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("users");
                                    for (Person person : found) {
                                        write(json, person);
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void change(RoutingContext context) {
        Principal by = by(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Wish.class),
                wish -> {
                    if ((wish.role == null) == (wish.disabled == null)) {
                        throw Problem.badRequest(
                                "role, disabled: both or none (expected: one of them)");
                    }
                    @Nullable Role role = wish.role == null ? null : Inputs.personRole(wish.role);
                    UUID id = id(context);
                    answer(
                            context,
                            () -> {
                                end(change(by, id, role, Boolean.TRUE.equals(wish.disabled)));
                                return people.find(by.organisationId(), id)
                                        .orElseThrow(PersonHandler::unknown);
                            },
                            person -> Answers.json(context, 200, json -> write(json, person)));
                });
    }

    private PersonChange change(Principal by, UUID id, @Nullable Role role, boolean disabled) {
        if (role != null) {
            return people.changeRole(by, id, role, now());
        }
        return disabled ? people.disable(by, id, now()) : people.enable(by, id, now());
    }

    private void passwordLink(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        answer(
                context,
                () -> {
                    Person person =
                            people.find(by.organisationId(), id)
                                    .orElseThrow(PersonHandler::unknown);
                    if (!by.role().reaches(person.role())) {
                        throw above();
                    }
                    if (person.disabledAt() != null) {
                        throw Problem.of(409, "user: disabled (expected: one who may log in)");
                    }
                    return links.passwordFor(organisation(by), person, by.subject());
                },
                made -> answerMade(context, made));
    }

    private void logOut(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        answer(
                context,
                () -> {
                    end(people.logOut(by, id, now()));
                    return true;
                },
                _ -> Answers.nothing(context));
    }

    private void listInvitations(RoutingContext context) {
        Principal by = by(context);
        answer(
                context,
                () -> links.invitations(by.organisationId()),
                found ->
                        Answers.json(
                                context,
                                200,
                                json -> {
                                    json.writeStartObject();
                                    json.writeArrayFieldStart("invitations");
                                    for (OneTimeLink link : found) {
                                        json.writeStartObject();
                                        writeFields(json, link);
                                        json.writeEndObject();
                                    }
                                    json.writeEndArray();
                                    json.writeEndObject();
                                }));
    }

    private void invite(RoutingContext context) {
        Principal by = by(context);
        Answers.whenDone(
                context,
                RequestBody.json(context.request(), Invitation.class),
                wish -> {
                    String email = Inputs.newEmail(wish.email);
                    Role role = Inputs.personRole(wish.role);
                    if (!by.role().reaches(role)) {
                        throw above();
                    }
                    answer(
                            context,
                            () -> links.invite(organisation(by), email, role, by.subject()),
                            made -> answerMade(context, made));
                });
    }

    private void uninvite(RoutingContext context) {
        Principal by = by(context);
        UUID id = id(context);
        answer(
                context,
                () -> links.takeBack(by.organisationId(), id, by.subject()),
                found -> {
                    if (!found) {
                        throw unknown();
                    }
                    Answers.nothing(context);
                });
    }

    /** Closes what the ended sessions hold open, or says why nothing was done. */
    private void end(PersonChange change) {
        switch (change.outcome()) {
            case DONE -> change.endedSessions().forEach(ended);
            case UNKNOWN -> throw unknown();
            case ABOVE -> throw above();
            case LAST_OWNER ->
                    throw Problem.of(
                            409, "user: the last owner (expected: another owner beforehand)");
        }
    }

    private <T> void answer(RoutingContext context, Callable<T> work, Consumer<T> next) {
        Answers.whenDone(context, blocking.call(work), next);
    }

    private static void answerMade(RoutingContext context, Links.Made made) {
        Answers.json(
                context,
                201,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("path", made.path());
                    writeFields(json, made.link());
                    json.writeEndObject();
                });
    }

    private static void write(JsonGenerator json, Person person) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", person.id().toString());
        json.writeStringField("email", person.email());
        json.writeStringField("role", person.role().label());
        Fields.time(json, "createdAt", person.createdAt());
        Fields.time(json, "lastLoginAt", person.lastLoginAt());
        Fields.time(json, "disabledAt", person.disabledAt());
        json.writeEndObject();
    }

    private static void writeFields(JsonGenerator json, OneTimeLink link) throws IOException {
        json.writeStringField("id", link.id().toString());
        json.writeStringField("email", link.email());
        json.writeStringField("role", link.role().label());
        Fields.time(json, "createdAt", link.createdAt());
        json.writeStringField("createdBy", link.createdBy());
        Fields.time(json, "expiresAt", link.expiresAt());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** The name is only for who reads a link, and comes with it from the database. */
    private static Organisation organisation(Principal by) {
        return new Organisation(by.organisationId(), "");
    }

    private static UUID id(RoutingContext context) {
        return Inputs.id(context).orElseThrow(PersonHandler::unknown);
    }

    private static Principal by(RoutingContext context) {
        return Caller.of(context).principal();
    }

    private static Problem unknown() {
        return Problem.notFound("no such person or invitation in this organisation");
    }

    private static Problem above() {
        return Problem.forbidden("role: above your own (expected: at most your own)");
    }

    private record Wish(@Nullable String role, @Nullable Boolean disabled) {}

    private record Invitation(@Nullable String email, @Nullable String role) {}
}
