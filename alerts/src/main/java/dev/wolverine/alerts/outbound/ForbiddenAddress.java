package dev.wolverine.alerts.outbound;

import java.net.UnknownHostException;

/** An address that the rules do not allow: for the client it is not there. */
final class ForbiddenAddress extends UnknownHostException {

    private static final long serialVersionUID = 1;

    ForbiddenAddress() {
        super("not allowed");
    }
}
