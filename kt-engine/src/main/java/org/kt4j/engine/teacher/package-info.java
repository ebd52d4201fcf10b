/**
 * Teachers: a network with weights that somebody has trained before, from a run folder of ours or
 * from an .npz file in PyTorch's names.
 */
@NullMarked
package org.kt4j.engine.teacher;

import org.jspecify.annotations.NullMarked;
