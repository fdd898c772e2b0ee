@NullMarked
package dev.wolverine.web.config;

import org.jspecify.annotations.NullMarked;
