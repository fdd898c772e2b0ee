/** What every request goes through, whatever it asks: limits, headers, credentials, errors. */
@NullMarked
package dev.wolverine.web.http;

import org.jspecify.annotations.NullMarked;
