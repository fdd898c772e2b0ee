package dev.wolverine.web;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/** Hears everything that is said in a Redis, and reads everything that stands in it. */
final class RedisWatch implements AutoCloseable {

    private final URI uri;
    private final List<Entry> heard = new CopyOnWriteArrayList<>();
    private final Jedis listening;
    private final JedisPubSub subscription =
            new JedisPubSub() {
                @Override
                public void onPMessage(String pattern, String channel, String message) {
                    heard.add(new Entry(channel, message));
                }
            };

    RedisWatch(URI uri) {
        this.uri = uri;
        listening = new Jedis(uri);
        Thread.startVirtualThread(() -> listening.psubscribe(subscription, "*"));
        await().until(subscription::isSubscribed);
    }

    /**
     * What stands under a key, or was said on a channel.
     *
     * @param name of the key or channel
     */
    record Entry(String name, String content) {}

    /** All of it: what was said since the beginning, and what stands there now. */
    List<Entry> everything() {
        List<Entry> all = new ArrayList<>(heard);
        try (Jedis redis = new Jedis(uri)) {
            for (String key : redis.keys("*")) {
                all.add(new Entry(key, content(redis, key)));
            }
        }
        return all;
    }

    private static String content(Jedis redis, String key) {
        return switch (redis.type(key)) {
            case "string" -> redis.get(key);
            case "zset" -> String.join(" ", redis.zrange(key, 0, -1));
            case "hash" -> redis.hgetAll(key).toString();
            case "set" -> redis.smembers(key).toString();
            case "list" -> redis.lrange(key, 0, -1).toString();
            case "none" -> "";
            default -> throw new AssertionError(key + ": of a type that is not looked into");
        };
    }

    @Override
    public void close() {
        subscription.punsubscribe();
    }
}
