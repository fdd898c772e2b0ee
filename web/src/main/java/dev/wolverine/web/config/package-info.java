/**
 * Configuration: a record is its schema, its components are the keys, its instance the defaults.
 */
@NullMarked
package dev.wolverine.web.config;

import org.jspecify.annotations.NullMarked;
