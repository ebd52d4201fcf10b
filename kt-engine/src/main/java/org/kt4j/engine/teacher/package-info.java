/**
 * Teachers: whoever fills taps. A {@link org.kt4j.engine.teacher.Teacher} is mounted into a graph
 * and gives an activation for each tap, be it computed there or beside it:
 *
 * <ul>
 *   <li>{@link org.kt4j.engine.teacher.NetworkTeacher}: a network of ours with weights from a run
 *       folder or from an .npz file in PyTorch's names.
 *   <li>{@link org.kt4j.engine.teacher.ModelTeacher} opens models that somebody else trained:
 *       TensorFlow graphs, imported with their variables as constants, and whatever {@link
 *       org.kt4j.engine.model.DjlModel} runs.
 * </ul>
 */
@NullMarked
package org.kt4j.engine.teacher;

import org.jspecify.annotations.NullMarked;
