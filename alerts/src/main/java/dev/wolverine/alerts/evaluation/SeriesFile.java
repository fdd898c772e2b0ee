package dev.wolverine.alerts.evaluation;

import dev.wolverine.alerts.leak.MemorySample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Labelled series as comma separated text: a header with {@code
 * series,minute,memoryMb,pid,uptimeSeconds,version,label} in any order, then a line a sample, in
 * the order in which the samples arrived. Pid, uptime and version may be empty. The label is empty
 * or the minute at which the leak of the series begins; lines of one series that have a label have
 * the same.
 */
public final class SeriesFile {

    private static final List<String> COLUMNS =
            List.of("series", "minute", "memoryMb", "pid", "uptimeSeconds", "version", "label");
    private static final double LONGEST_MINUTES = 1e9;
    private static final double MOST_MB = 1e8;

    private SeriesFile() {}

    /** A file that is not as it should be: the line, what it has there, and what was expected. */
    public static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        Malformed(int line, String field, String value, String expected) {
            super("line %d: %s: %s (expected: %s)".formatted(line, field, shown(value), expected));
        }

        private static String shown(String value) {
            String printable = value.replaceAll("\\p{Cntrl}", "?");
            return printable.isEmpty()
                    ? "empty"
                    : printable.length() > 60 ? printable.substring(0, 60) + "..." : printable;
        }
    }

    /**
     * Reads all series, in the order in which they first appear. Does not close the reader.
     *
     * @throws Malformed at the first line that is not as it should be
     */
    public static List<LabelledSeries> read(Reader text) throws IOException, Malformed {
        BufferedReader lines = new BufferedReader(text);
        String header = lines.readLine();
        int[] places = places(header == null ? "" : header);
        Map<String, Draft> drafts = new LinkedHashMap<>();
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank()) {
                add(new Line(number, cells(line, number), places), drafts);
            }
        }
        if (drafts.isEmpty()) {
            throw new Malformed(number, "samples", "", "at least one line below the header");
        }
        return drafts.entrySet().stream()
                .map(draft -> draft.getValue().series(draft.getKey()))
                .toList();
    }

    private static int[] places(String header) throws Malformed {
        List<String> names =
                Arrays.stream(header.replace("\uFEFF", "").split(",", -1))
                        .map(SeriesFile::unquoted)
                        .toList();
        int[] places = COLUMNS.stream().mapToInt(names::indexOf).toArray();
        if (Arrays.stream(places).anyMatch(place -> place < 0)) {
            throw new Malformed(1, "header", header, String.join(",", COLUMNS));
        }
        return places;
    }

    private static String[] cells(String line, int number) throws Malformed {
        String[] cells = line.split(",", -1);
        for (int i = 0; i < cells.length; i++) {
            cells[i] = unquoted(cells[i]);
            if (cells[i].startsWith("\"")) {
                throw new Malformed(number, "quotes", line, "no comma and no quote in a value");
            }
        }
        return cells;
    }

    private static String unquoted(String cell) {
        String bare = cell.strip();
        boolean quoted = bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"");
        return quoted ? bare.substring(1, bare.length() - 1) : bare;
    }

    private static void add(Line line, Map<String, Draft> drafts) throws Malformed {
        String name = line.text(0);
        if (name.isEmpty()) {
            throw line.malformed(0, "the name of a series");
        }
        Draft draft = drafts.computeIfAbsent(name, _ -> new Draft());
        draft.samples.add(
                new MemorySample(
                        Math.round(60 * line.number(1, 0, LONGEST_MINUTES, "minutes, 0 or more")),
                        (int) Math.round(line.number(2, 0, MOST_MB, "megabytes, 0 or more")),
                        line.whole(3, "a process id, or nothing"),
                        line.whole(4, "whole seconds, 0 or more, or nothing"),
                        line.text(5)));
        if (!line.text(6).isEmpty()) {
            double minute =
                    line.number(6, 0, LONGEST_MINUTES, "nothing, or the minute the leak begins");
            if (draft.leakMinute.isPresent() && draft.leakMinute.getAsDouble() != minute) {
                throw line.malformed(
                        6, "one label a series, before it was " + draft.leakMinute.getAsDouble());
            }
            draft.leakMinute = OptionalDouble.of(minute);
        }
    }

    /** One line, its cells by the place of their column. */
    private record Line(int number, String[] cells, int[] places) {

        String text(int column) throws Malformed {
            if (places[column] >= cells.length) {
                throw new Malformed(
                        number,
                        COLUMNS.get(column),
                        "",
                        "%d columns, found %d".formatted(COLUMNS.size(), cells.length));
            }
            return cells[places[column]];
        }

        double number(int column, double least, double most, String expected) throws Malformed {
            try {
                double value = Double.parseDouble(text(column));
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw (Malformed) malformed(column, expected).initCause(e);
            }
            throw malformed(column, expected);
        }

        int whole(int column, String expected) throws Malformed {
            return text(column).isEmpty()
                    ? MemorySample.ABSENT
                    : (int) number(column, 0, Integer.MAX_VALUE, expected);
        }

        Malformed malformed(int column, String expected) throws Malformed {
            return new Malformed(number, COLUMNS.get(column), text(column), expected);
        }
    }

    /** What is known of a series while its lines are read. */
    private static final class Draft {
        private final List<MemorySample> samples = new ArrayList<>();
        private OptionalDouble leakMinute = OptionalDouble.empty();

        LabelledSeries series(String name) {
            OptionalLong leak =
                    leakMinute.isPresent()
                            ? OptionalLong.of(Math.round(60 * leakMinute.getAsDouble()))
                            : OptionalLong.empty();
            Set<Long> processes = new HashSet<>();
            for (MemorySample sample : samples) {
                if (sample.second() >= leak.orElse(Long.MAX_VALUE)) {
                    processes.add((long) sample.pid());
                }
            }
            return new LabelledSeries(
                    name,
                    leak.isPresent() ? "leak" : "healthy",
                    samples,
                    leak,
                    OptionalDouble.empty(),
                    processes.size() > 2);
        }
    }
}
