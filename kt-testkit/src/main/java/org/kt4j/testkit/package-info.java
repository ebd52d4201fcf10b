/**
 * What the author of a transfer method proves it with: a contract test that runs against any
 * provider in a few lines (options, batch size, no gradient to the teacher, finite gradients on
 * dead and huge inputs, determinism) and a check of gradients against finite differences.
 *
 * <p>The package holds no code yet.
 */
@NullMarked
package org.kt4j.testkit;

import org.jspecify.annotations.NullMarked;
