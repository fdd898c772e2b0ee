package dev.wolverine.bench.fleet;

/** A model with its prices, US dollars per million tokens. */
enum LanguageModel {
    CLAUDE_OPUS("claude-opus-4-1", "anthropic", 15, 75, true),
    CLAUDE_SONNET("claude-sonnet-4-5", "anthropic", 3, 15, true),
    CLAUDE_HAIKU("claude-haiku-4-5", "anthropic", 1, 5, true),
    GPT_CODEX("gpt-5.3-codex", "openai", 1.75, 14, false),
    GPT("gpt-5.4", "openai", 2.5, 15, false),
    GPT_MINI("gpt-5.4-mini", "openai", 0.75, 4.5, false),
    GPT_SMALL("gpt-4o-mini", "openai", 0.15, 0.6, false),
    EMBEDDING("text-embedding-3-small", "openai", 0.02, 0, false),
    GEMINI("gemini-2.5-pro", "google", 1.25, 10, false),
    DEEPSEEK("deepseek-chat", "deepseek", 0.28, 0.42, false),
    WOLVERINE_REASONING("wolverine-reasoning", "wolverine", 0.25, 1, false),
    WOLVERINE_CODING("wolverine-coding", "wolverine", 0.1, 0.4, false);

    private static final double CACHE_WRITE_FACTOR = 1.25;
    private static final double CACHE_READ_FACTOR = 0.1;

    private final String id;
    private final String provider;
    private final double inputPrice;
    private final double outputPrice;
    private final boolean caching;

    LanguageModel(
            String id, String provider, double inputPrice, double outputPrice, boolean caching) {
        this.id = id;
        this.provider = provider;
        this.inputPrice = inputPrice;
        this.outputPrice = outputPrice;
        this.caching = caching;
    }

    String id() {
        return id;
    }

    String provider() {
        return provider;
    }

    boolean caching() {
        return caching;
    }

    boolean answers() {
        return outputPrice > 0;
    }

    /** US dollars. */
    double cost(long input, long output, long cacheCreation, long cacheRead) {
        return (input * inputPrice
                        + output * outputPrice
                        + cacheCreation * inputPrice * CACHE_WRITE_FACTOR
                        + cacheRead * inputPrice * CACHE_READ_FACTOR)
                / 1e6;
    }

    /** US dollars that reading from the cache saved. */
    double cacheSavings(long cacheRead) {
        return cacheRead * inputPrice * (1 - CACHE_READ_FACTOR) / 1e6;
    }
}
