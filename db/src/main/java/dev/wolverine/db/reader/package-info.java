/**
 * Questions of one organisation, through the Vert.x PostgreSQL client with the role
 * `wolverine_reader`.
 */
@NullMarked
package dev.wolverine.db.reader;

import org.jspecify.annotations.NullMarked;
