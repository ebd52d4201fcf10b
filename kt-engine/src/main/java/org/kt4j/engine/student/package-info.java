/**
 * Students that are one network on whole pictures: what a task of such students is put together
 * from. {@link org.kt4j.engine.student.NetworkRun} trains one, {@link
 * org.kt4j.engine.student.NetworkFactory} makes its network and its teachers, {@link
 * org.kt4j.engine.student.FrozenNetwork} answers, {@link org.kt4j.engine.student.NetworkExport}
 * writes it as a model.
 */
@NullMarked
package org.kt4j.engine.student;

import org.jspecify.annotations.NullMarked;
