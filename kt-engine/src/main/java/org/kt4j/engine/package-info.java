/**
 * The engine's front door: {@link org.kt4j.engine.KtModule} composes methods, networks and data
 * sets through Guice; {@link org.kt4j.engine.training.Trainer} trains what an {@link
 * org.kt4j.engine.experiment.ExperimentConfig} describes.
 */
@NullMarked
package org.kt4j.engine;

import org.jspecify.annotations.NullMarked;
