/**
 * Measurements, each with its equality check before its timing. {@link org.kt4j.speed.TrainingStep}
 * compares a training step with what it is made of; {@code benchmarks/README.md} says how to run it
 * and how to read it.
 *
 * <p>What is compared is measured in one process and in turns, {@link org.kt4j.speed.Rounds}, so
 * that whatever else the machine does hits all alike.
 */
@NullMarked
package org.kt4j.speed;

import org.jspecify.annotations.NullMarked;
