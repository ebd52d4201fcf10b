/**
 * The objective: its weighted terms, what each of them learns from which teacher, and the check of
 * all terms before training. Terms can be calibrated on their teachers, and read stored knowledge.
 */
@NullMarked
package org.kt4j.engine.objective;

import org.jspecify.annotations.NullMarked;
