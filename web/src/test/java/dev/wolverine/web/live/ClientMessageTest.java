package dev.wolverine.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.model.LiveEvent;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientMessageTest {

    @Test
    void bothFormsAreUnderstood() throws Exception {
        assertThat(
                        parse(
                                "{'op':'sub','id':1,'topic':'fleet','filter':{'servers':['a','a']},'later':{}}"))
                .isEqualTo(subscribe(Set.of("a"), Set.of(), true, null, null, null));
        assertThat(parse("{'op':'sub','id':1,'topic':'fleet'}"))
                .isEqualTo(subscribe(Set.of(), Set.of(), true, null, null, null));
        assertThat(parse("{'op':'unsub','id':1}")).isEqualTo(new ClientMessage.Unsubscribe(1));
        assertThat(parse("{'op':'ping'}")).isEqualTo(new ClientMessage.Ping());
        assertThat(parse("{'op':'auth','token':'t'}")).isEqualTo(new ClientMessage.Auth("t"));
        assertThat(parse("{'subscribe':['heartbeat','alert'],'servers':['a']}"))
                .isEqualTo(new ClientMessage.Simple(Set.of("heartbeat", "alert"), Set.of("a")));
    }

    @Test
    void aSubscriptionMayNameTagsKindsAWindowAndWhereItStopped() throws Exception {
        assertThat(
                        parse(
                                "{'op':'sub','id':1,'topic':'fleet','filter':{'tags':['eu'],'kinds':['state','alert']},"
                                        + "'window':{'sort':'memory','order':'desc','offset':50,'limit':25},"
                                        + "'resume':{'epoch':'e','seq':8123}}"))
                .isEqualTo(
                        subscribe(
                                Set.of(),
                                Set.of("eu"),
                                true,
                                Set.of(LiveEvent.Kind.ALERT),
                                new FleetFeed.Window(Set.of("eu"), "memory", true, 50, 25),
                                new ClientMessage.Resume("e", 8123)));
        assertThat(
                        parse(
                                "{'op':'sub','id':1,'topic':'fleet','filter':{'kinds':['repair']},'window':{}}"))
                .isEqualTo(
                        subscribe(
                                Set.of(),
                                Set.of(),
                                false,
                                Set.of(LiveEvent.Kind.REPAIR),
                                new FleetFeed.Window(Set.of(), "status", false, 0, 100),
                                null));
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
                "{'op':'sub','id':1,'topic':'fleet','filter':{'colours':['a']}} | filter: another",
                "{'op':'sub','id':1,'topic':'fleet','filter':{'kinds':['weather']}} | filter.kinds: unknown",
                "{'op':'sub','id':1,'topic':'fleet','window':{'order':'up'}} | window.order: unknown",
                "{'op':'sub','id':1,'topic':'fleet','window':{},'filter':{'servers':['a']}} | window: given",
                "{'op':'sub','id':1,'topic':'fleet','resume':{'epoch':'e'}} | resume: not usable",
                "{'op':'sub','id':1,'topic':'fleet','resume':{'epoch':'e','seq':-1}} | resume: not usable",
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

    private static ClientMessage subscribe(
            Set<String> servers,
            Set<String> tags,
            boolean rows,
            @Nullable Set<LiveEvent.Kind> kinds,
            FleetFeed.@Nullable Window window,
            ClientMessage.@Nullable Resume resume) {
        return new ClientMessage.Subscribe(1, servers, tags, rows, kinds, window, resume);
    }

    private static ClientMessage parse(String text) throws ClientMessage.Malformed {
        return ClientMessage.parse(text.replace('\'', '"'));
    }
}
