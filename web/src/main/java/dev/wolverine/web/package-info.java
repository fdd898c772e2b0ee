@NullMarked
package dev.wolverine.web;

import org.jspecify.annotations.NullMarked;
