package dev.wolverine.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientMessageTest {

    @Test
    void bothFormsAreUnderstood() throws Exception {
        assertThat(
                        parse(
                                "{'op':'sub','id':1,'topic':'fleet','filter':{'servers':['a','a']},'later':{}}"))
                .isEqualTo(new ClientMessage.Subscribe(1, Set.of("a")));
        assertThat(parse("{'op':'sub','id':1,'topic':'fleet'}"))
                .isEqualTo(new ClientMessage.Subscribe(1, Set.of()));
        assertThat(parse("{'op':'unsub','id':1}")).isEqualTo(new ClientMessage.Unsubscribe(1));
        assertThat(parse("{'op':'ping'}")).isEqualTo(new ClientMessage.Ping());
        assertThat(parse("{'op':'auth','token':'t'}")).isEqualTo(new ClientMessage.Auth("t"));
        assertThat(parse("{'subscribe':['heartbeat','alert'],'servers':['a']}"))
                .isEqualTo(new ClientMessage.Simple(Set.of("heartbeat", "alert"), Set.of("a")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | op: missing",
                "[] | message: not one",
                "null | message: null",
                "{'op':'dance'} | op: unknown",
                "{'op':'sub','topic':'fleet'} | id: missing",
                "{'op':'sub','id':-1,'topic':'fleet'} | id: missing or negative",
                "{'op':'sub','id':1} | topic: missing",
                "{'op':'sub','id':1,'topic':'fleet','filter':{'tags':['a']}} | filter: another",
                "{'op':'sub','id':1,'topic':'fleet','filter':{'servers':[null]}} | filter.servers: not usable",
                "{'op':'sub','id':1.5,'topic':{}} | message: not one",
                "{'op':'ping'} {} | message: not one",
                "{'op':'ping','op':'ping'} | message: not one"
            })
    void allElseSaysWhatWasExpected(String text, String message) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ClientMessage.Malformed.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aFilterNamesABoundedNumberOfServers() {
        String names =
                IntStream.range(0, 1001)
                        .mapToObj(i -> "'s" + i + "'")
                        .collect(Collectors.joining(","));

        assertThatThrownBy(() ->
                        parse(
                                "{'op':'sub','id':1,'topic':'fleet','filter':{'servers':["
                                        + names
                                        + "]}}"))
                .hasMessageContaining("at most 1000");
    }

    private static ClientMessage parse(String text) throws ClientMessage.Malformed {
        return ClientMessage.parse(text.replace('\'', '"'));
    }
}
