package dev.wolverine.web.api;

/**
 * What an instance may be given as the platform's URL so that it registers by itself: the client
 * puts its usual paths behind it. The token lets it register and is good for nothing else; what
 * follows under this path needs the key that registering gave.
 */
final class EnrolmentUrl {

    static final String TOKEN = "token";

    /** As the router wants it. */
    static final String PATH = "/e/:" + TOKEN;

    private EnrolmentUrl() {}

    /** What follows the platform's own address. */
    static String path(String token) {
        return "/e/" + token;
    }
}
