package dev.wolverine.ingest.corpus;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One text of `corpus/strings.txt`.
 *
 * @param name unique
 * @param utf8 as protobuf carries it: lone surrogates as three bytes, raw bytes as they are
 * @param json as a JSON string carries it, without the quotes: lone surrogates escaped, as
 *     JavaScript does
 */
public record BadText(String name, byte[] utf8, byte[] json) {

    private static final Pattern LINE =
            Pattern.compile("([^:]+?)(?: \\* (\\d+))?:(?: (.*))?", Pattern.DOTALL);
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\\\u\\{(?<point>[0-9A-F]+)\\}|\\\\x(?<raw>[0-9A-F]{2})|\\\\(?<escape>[nrt\\\\])|(?<plain>[^\\\\])");

    /** All of them, in the order of the file. */
    public static List<BadText> all() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        BadText.class.getResourceAsStream("/corpus/strings.txt")),
                                StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(BadText::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What can be stored of it, before anything is cut: U+FFFD for what is no character. */
    public String mended() {
        return new String(utf8, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }

    /** Whether {@link #mended()} is not what was sent. */
    public boolean isMended() {
        return !java.util.Arrays.equals(mended().getBytes(StandardCharsets.UTF_8), utf8);
    }

    private static BadText parse(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("strings.txt: " + line);
        }
        int times = parts.group(2) == null ? 1 : Integer.parseInt(parts.group(2));
        Content content = new Content();
        String source = parts.group(3) == null ? "" : parts.group(3);
        for (int i = 0; i < times; i++) {
            Matcher token = TOKEN.matcher(source);
            int end = 0;
            while (token.lookingAt()) {
                content.add(token);
                end = token.end();
                token.region(end, source.length());
            }
            if (end != source.length()) {
                throw new IllegalArgumentException("strings.txt: " + line);
            }
        }
        content.endText();
        return new BadText(
                parts.group(1).strip(), content.utf8.toByteArray(), content.json.toByteArray());
    }

    @Override
    public String toString() {
        return name;
    }

    /** What was read so far. Characters are gathered first: two halves make one pair. */
    private static final class Content {
        private final ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
        private final ByteArrayOutputStream json = new ByteArrayOutputStream();
        private final StringBuilder text = new StringBuilder();

        void add(Matcher token) {
            if (token.group("raw") != null) {
                endText();
                int raw = Integer.parseInt(token.group("raw"), 16);
                utf8.write(raw);
                json.write(raw);
            } else if (token.group("point") != null) {
                text.appendCodePoint(Integer.parseInt(token.group("point"), 16));
            } else if (token.group("escape") != null) {
                text.append(
                        switch (token.group("escape")) {
                            case "n" -> '\n';
                            case "r" -> '\r';
                            case "t" -> '\t';
                            default -> '\\';
                        });
            } else {
                text.append(token.group("plain"));
            }
        }

        void endText() {
            text.codePoints()
                    .forEach(point -> {
                        if (point >= 0xD800 && point <= 0xDFFF) {
                            utf8.write(0xE0 | point >> 12);
                            utf8.write(0x80 | point >> 6 & 0x3F);
                            utf8.write(0x80 | point & 0x3F);
                            json.writeBytes(escaped(point));
                        } else {
                            byte[] bytes =
                                    Character.toString(point).getBytes(StandardCharsets.UTF_8);
                            utf8.writeBytes(bytes);
                            json.writeBytes(
                                    point < 0x20 || point == '"' || point == '\\'
                                            ? escaped(point)
                                            : bytes);
                        }
                    });
            text.setLength(0);
        }

        private static byte[] escaped(int character) {
            return String.format("\\u%04x", character).getBytes(StandardCharsets.US_ASCII);
        }
    }
}
