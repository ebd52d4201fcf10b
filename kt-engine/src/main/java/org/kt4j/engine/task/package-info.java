/** What a task is: the interface between the engine and a kind of student. */
@NullMarked
package org.kt4j.engine.task;

import org.jspecify.annotations.NullMarked;
