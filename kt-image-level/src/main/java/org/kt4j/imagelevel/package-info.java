/**
 * What tasks share whose student is one network on whole pictures. {@link
 * org.kt4j.imagelevel.NetworkRun} trains such a student, {@link org.kt4j.imagelevel.NetworkFactory}
 * creates its network and its teachers, {@link org.kt4j.imagelevel.FrozenNetwork} computes its
 * logits, {@link org.kt4j.imagelevel.NetworkExport} exports it.
 */
@NullMarked
package org.kt4j.imagelevel;

import org.jspecify.annotations.NullMarked;
