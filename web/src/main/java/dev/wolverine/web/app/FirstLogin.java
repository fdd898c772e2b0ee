package dev.wolverine.web.app;

/** How the first person gets in; shown once, when an empty database has been given its owner. */
public record FirstLogin(String email, String password) {

    @Override
    public String toString() {
        return "FirstLogin[email=" + email + ", password=***]";
    }
}
