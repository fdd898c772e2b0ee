@NullMarked
package dev.wolverine.web.cli;

import org.jspecify.annotations.NullMarked;
