/**
 * The objective: weighted terms, what each learns from which teacher, and the check of all of them
 * before anything is trained.
 */
@NullMarked
package org.kt4j.engine.objective;

import org.jspecify.annotations.NullMarked;
