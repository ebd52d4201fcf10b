/**
 * What tasks share whose student is one network on whole pictures. {@link
 * org.kt4j.engine.student.NetworkRun} trains such a student, {@link
 * org.kt4j.engine.student.NetworkFactory} creates its network and its teachers, {@link
 * org.kt4j.engine.student.FrozenNetwork} computes its logits, {@link
 * org.kt4j.engine.student.NetworkExport} exports it.
 */
@NullMarked
package org.kt4j.engine.student;

import org.jspecify.annotations.NullMarked;
