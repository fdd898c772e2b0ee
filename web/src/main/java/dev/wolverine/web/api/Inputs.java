package dev.wolverine.web.api;

import dev.wolverine.db.model.LoginOrigin;
import dev.wolverine.db.model.Role;
import dev.wolverine.web.http.Endpoint;
import dev.wolverine.web.http.Problem;
import dev.wolverine.web.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people's operations are given, checked. A value that may be a secret is never repeated. */
final class Inputs {

    private static final int MAX_EMAIL_CHARACTERS = 254;
    private static final int LEAST_PASSWORD_CHARACTERS = 12;
    private static final int MAX_PASSWORD_CHARACTERS = 1024;

    /** Not what mail allows, but what cannot be mistaken for anything else in a list or a log. */
    private static final Pattern EMAIL =
            Pattern.compile("[\\x21-\\x7e&&[^@,;:<>\"\\\\]]{1,64}@[A-Za-z0-9.-]{1,189}");

    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private Inputs() {}

    /** An address to log in with, as it was typed. */
    static String email(@Nullable String value) {
        return required("email", value, 3, MAX_EMAIL_CHARACTERS);
    }

    /** An address to make an account for: lower case. */
    static String newEmail(@Nullable String value) {
        String email = email(value).toLowerCase(Locale.ROOT);
        if (!EMAIL.matcher(email).matches()) {
            throw Problem.badRequest("email: not usable (expected: an address, name@host)");
        }
        return email;
    }

    /** A password that was set before. */
    static String password(@Nullable String value) {
        return required("password", value, 1, MAX_PASSWORD_CHARACTERS);
    }

    /** A password to be set. */
    static String newPassword(@Nullable String value) {
        return required("password", value, LEAST_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS);
    }

    static String token(@Nullable String value) {
        return required("token", value, 1, MAX_PASSWORD_CHARACTERS);
    }

    /** A role that a person can have. */
    static Role personRole(@Nullable String value) {
        return Arrays.stream(Role.values())
                .filter(role -> role != Role.INGEST && role.label().equals(value))
                .findFirst()
                .orElseThrow(() ->
                        Problem.badRequest(
                                "role: "
                                        + (value == null ? "missing" : "unknown")
                                        + " (expected: owner, admin, operator, viewer or"
                                        + " auditor)"));
    }

    /** The `:id` of the path; empty if it is none that anybody can have. */
    static Optional<UUID> id(RoutingContext context) {
        String text = Endpoint.parameter(context, "id").toLowerCase(Locale.ROOT);
        return UUID_TEXT.matcher(text).matches()
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    /** Where a request comes from. */
    static LoginOrigin origin(RoutingContext context) {
        return new LoginOrigin(
                TrustedProxies.caller(context),
                Objects.toString(context.request().getHeader(HttpHeaders.USER_AGENT), ""));
    }

    private static String required(String name, @Nullable String value, int least, int most) {
        if (value == null || value.length() < least || value.length() > most) {
            throw Problem.badRequest(
                    name
                            + ": missing, too short or too long (expected: "
                            + least
                            + " to "
                            + most
                            + " characters)");
        }
        return value;
    }
}
