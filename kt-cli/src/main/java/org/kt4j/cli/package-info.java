/**
 * The command {@code kt}: {@link org.kt4j.cli.Kt} reads the arguments, one class per command does
 * the work with what {@link org.kt4j.engine} offers, and a {@code Terminal} is the only way out.
 */
@NullMarked
package org.kt4j.cli;

import org.jspecify.annotations.NullMarked;
