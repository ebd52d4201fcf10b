/**
 * Malformed inputs by a seeded generator, and what {@code kt} makes of them.
 *
 * <p>A {@link org.kt4j.cli.malformed.Family} knows one kind of input: it copies a valid one ({@link
 * org.kt4j.cli.malformed.ValidInputs}), lets a {@link org.kt4j.cli.malformed.Mutation} spoil it,
 * and says with which command it is read and whether the result is certainly wrong. A {@link
 * org.kt4j.cli.malformed.Case} follows from a seed and a number alone, so each can be run again by
 * itself. {@link org.kt4j.cli.malformed.CaseRunner} runs one, {@link org.kt4j.cli.malformed.Judge}
 * looks at what came out, {@link org.kt4j.cli.malformed.MalformedInputs} runs many in one process,
 * and {@link org.kt4j.cli.malformed.MalformedInputTest} starts that process again when a case ended
 * it.
 */
@NullMarked
package org.kt4j.cli.malformed;

import org.jspecify.annotations.NullMarked;
