/**
 * Teachers. A {@link org.kt4j.engine.teacher.Teacher} is mounted into a graph and gives an
 * activation for each tap, computed in the graph or beside it. A {@link
 * org.kt4j.engine.teacher.NetworkTeacher} is a network of kt4j with weights from a run folder or
 * from a file in PyTorch's names; the module {@code kt-models} opens models of other tools.
 */
@NullMarked
package org.kt4j.engine.teacher;

import org.jspecify.annotations.NullMarked;
