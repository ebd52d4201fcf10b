/**
 * The interface between the engine and a task, such as classification. A {@link
 * org.kt4j.engine.task.TaskModule} binds a {@link org.kt4j.engine.task.Task}, which prepares runs,
 * evaluates and exports students, and answers pictures.
 */
@NullMarked
package org.kt4j.engine.task;

import org.jspecify.annotations.NullMarked;
