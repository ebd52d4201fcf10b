/** The files of a run folder. Nothing here needs TensorFlow. */
@NullMarked
package org.kt4j.engine.run;

import org.jspecify.annotations.NullMarked;
