package dev.wolverine.web.cli;

import dev.wolverine.web.app.StartupException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: `30s`, `10m`, `24h`, `7d`. */
final class Durations {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})([smhd])");

    private Durations() {}

    /**
     * @param option for the message
     * @throws StartupException unless it is one between the two
     */
    static Duration parse(String option, String text, Duration least, Duration most) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            Duration duration =
                    switch (matcher.group(2)) {
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    };
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return duration;
            }
        }
        throw new StartupException(
                option
                        + ": "
                        + text
                        + " (expected: "
                        + shown(least)
                        + " to "
                        + shown(most)
                        + ", as 90s, 10m, 24h or 7d)");
    }

    private static String shown(Duration duration) {
        return duration.toDays() > 0 ? duration.toDays() + "d" : duration.toSeconds() + "s";
    }
}
