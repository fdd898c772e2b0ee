package dev.wolverine.web.cli;

import dev.wolverine.web.session.FirstOwner;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What a person reads when the platform is ready. */
final class Welcome {

    private Welcome() {}

    static void print(
            PrintStream out,
            Path dataDirectory,
            PlatformState state,
            Optional<FirstOwner.Login> firstLogin,
            Duration startUp) {
        StringBuilder text = new StringBuilder();
        text.append("Ready after %.1f s.%n%n".formatted(startUp.toMillis() / 1000.0))
                .append("  Dashboard  %s%n".formatted(state.http()))
                .append("  gRPC       %s%n".formatted(state.grpc()))
                .append("  Data       %s%n".formatted(dataDirectory));
        firstLogin.ifPresent(login ->
                text.append(
                        """
                        %n  First login, shown this once: %s  password: %s
                          or choose a password of your own, within a day: %s%s
                        """
                                .formatted(
                                        login.email(),
                                        login.password(),
                                        state.http(),
                                        login.linkPath())));
        text.append(
                """

                  Connect an instance by two variables in its environment:
                    WOLVERINE_PLATFORM_URL=%s
                    WOLVERINE_PLATFORM_KEY=(made by: ./platform keys create --data-dir %s --name NAME --role ingest)

                """
                        .formatted(state.http(), dataDirectory));
        // In one piece: whoever waits for its first line may read all of it.
        out.print(text);
        out.flush();
    }
}
