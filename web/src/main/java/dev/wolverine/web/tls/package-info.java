/** Who this platform is to those that connect to it over TLS. */
@NullMarked
package dev.wolverine.web.tls;

import org.jspecify.annotations.NullMarked;
