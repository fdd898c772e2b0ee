package dev.wolverine.ingest.corpus;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A number that clients must not send, and do, or something else in its place.
 *
 * @param json the text in its place; null if JSON has none for it
 * @param number what protobuf carries in a field of type double; null if it cannot
 */
public record BadNumber(@Nullable String json, @Nullable Double number) {

    /** All of them. */
    public static List<BadNumber> all() {
        Stream<BadNumber> numbers =
                Stream.of(
                                "0",
                                "-0.0",
                                "-0",
                                "-1",
                                "-0.5",
                                "0.30000000000000004",
                                "0.0049999",
                                "0.5",
                                "1.5",
                                "2.5",
                                "99.995",
                                "100.1",
                                "65535",
                                "65536",
                                "1e-400",
                                "5e-324",
                                "10000.000001",
                                "1e9",
                                "1000000000.1",
                                "2147483646.5",
                                "2147483647",
                                "2147483648",
                                "-2147483648",
                                "4294967296",
                                "1e12",
                                "9007199254740991",
                                "9007199254740992",
                                "9007199254740993",
                                "999999999999999999",
                                "1000000000000000000",
                                "9223372036854775807",
                                "9223372036854775808",
                                "-9223372036854775808",
                                "18446744073709551616",
                                "1e21",
                                "1E+22",
                                "1e308",
                                "-1e308",
                                "1.7976931348623157e308",
                                "1e400",
                                "-1e400",
                                "1e200000",
                                "1e-200000",
                                "123456789012345678901234567890123456789012345678901234567890")
                        .map(text -> new BadNumber(text, new BigDecimal(text).doubleValue()));
        Stream<BadNumber> notInJson =
                Stream.of(Double.NaN, -Double.MIN_VALUE).map(value -> new BadNumber(null, value));
        Stream<BadNumber> notInProtobuf =
                Stream.of(
                                "\"\"",
                                "\"12\"",
                                "\"NaN\"",
                                "\"Infinity\"",
                                "\"1e5\"",
                                "true",
                                "false",
                                "null",
                                "[]",
                                "[1]",
                                "{}",
                                "{\"value\":1}",
                                "[[[[{\"a\":[1,2,3]}]]]]")
                        .map(text -> new BadNumber(text, null));
        return Stream.of(notInProtobuf, numbers, notInJson).flatMap(all -> all).toList();
    }

    @Override
    public String toString() {
        return json == null ? String.valueOf(number) : json;
    }
}
