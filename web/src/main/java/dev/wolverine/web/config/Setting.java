package dev.wolverine.web.config;

/**
 * A value as somebody wrote it.
 *
 * @param source where, as `flag --http.port`, `environment WOLVERINE_HTTP_PORT` or `file
 *     x.properties`
 */
record Setting(String text, String source) {}
