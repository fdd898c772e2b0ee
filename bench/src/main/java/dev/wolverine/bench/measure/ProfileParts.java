package dev.wolverine.bench.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Which of the platform's classes the CPU time of a recording went to: each sample counts for the
 * innermost of them on its stack, and with it the libraries that it called; where there is none,
 * for the thread.
 */
final class ProfileParts {
    private static final String OURS = "dev.wolverine.";

    /** These work for others, which are named instead. */
    private static final Set<String> TOOLS = Set.of("dev.wolverine.db.postgres.BinaryCopy");

    private static final int MOST = 45;

    private final Map<String, Double> seconds = new HashMap<>();

    static ProfileParts of(Path recording) throws IOException {
        ProfileParts parts = new ProfileParts();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getEventType().getName().equals("jdk.CPUTimeSample")) {
                    parts.seconds.merge(
                            part(event),
                            event.getDuration("samplingPeriod").toNanos() / 1e9,
                            Double::sum);
                }
            }
        }
        return parts;
    }

    /**
     * One line a part, the greatest first: microseconds a beat.
     *
     * @param cpuSeconds of the whole process: what no sample accounts for is the compiler's, the
     *     collector's and the recorder's
     */
    List<String> lines(long heartbeats, double cpuSeconds) {
        double sampled = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        List<String> lines = new ArrayList<>();
        lines.add(line(cpuSeconds, heartbeats, "the process"));
        lines.add(line(cpuSeconds - sampled, heartbeats, "compiler, collector, recorder"));
        seconds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(MOST)
                .forEach(part -> lines.add(line(part.getValue(), heartbeats, part.getKey())));
        return lines;
    }

    private static String line(double cpuSeconds, long heartbeats, String part) {
        return "%8.2f us  %s".formatted(cpuSeconds * 1e6 / heartbeats, part);
    }

    private static String part(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        if (stack != null) {
            for (RecordedFrame frame : stack.getFrames()) {
                String type = frame.getMethod().getType().getName();
                int nested = type.indexOf('$');
                String outer = nested < 0 ? type : type.substring(0, nested);
                if (outer.startsWith(OURS) && !TOOLS.contains(outer)) {
                    return outer.substring(OURS.length());
                }
            }
        }
        var thread = event.getThread("eventThread");
        String name = thread == null ? "unknown" : String.valueOf(thread.getJavaName());
        return "thread " + name.replaceAll("[0-9]+", "N");
    }
}
