package dev.wolverine.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wolverine.db.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisServerIT {

    @ParameterizedTest
    @CsvSource({
        "bind, 127.0.0.1",
        "save, ''",
        "appendonly, no",
        "maxmemory, 67108864",
        "maxmemory-policy, noeviction",
    })
    void runsWith(String setting, String value) {
        try (Jedis redis = new Jedis(TestDatabase.redis())) {
            assertThat(redis.configGet(setting)).containsEntry(setting, value);
        }
    }

    @Test
    void asksForItsPassword() {
        try (Jedis redis = new Jedis("127.0.0.1", TestDatabase.redis().getPort())) {
            assertThatThrownBy(redis::ping)
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageContaining("NOAUTH");
        }
    }

    @Test
    void logicalDatabasesAreApart() {
        try (Jedis one = new Jedis(TestDatabase.redis());
                Jedis other = new Jedis(TestDatabase.redis())) {
            one.set("key", "value");

            assertThat(other.get("key")).isNull();
        }
    }
}
