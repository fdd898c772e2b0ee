/** People's logins: passwords, sessions, and how many tries they have. */
@NullMarked
package dev.wolverine.web.session;

import org.jspecify.annotations.NullMarked;
