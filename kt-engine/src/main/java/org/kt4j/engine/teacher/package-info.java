/**
 * Teachers: whoever fills taps. A {@link org.kt4j.engine.teacher.Teacher} is mounted into a graph
 * and gives an activation for each tap, be it computed there or beside it. A {@link
 * org.kt4j.engine.teacher.NetworkTeacher} is a network of ours with weights from a run folder or
 * from an .npz file in PyTorch's names; the module {@code kt-models} opens what somebody else
 * trained.
 */
@NullMarked
package org.kt4j.engine.teacher;

import org.jspecify.annotations.NullMarked;
