/** Bad input of every kind, and beats of either protocol that carry it in any of their fields. */
@NullMarked
package dev.wolverine.ingest.corpus;

import org.jspecify.annotations.NullMarked;
