package org.kt4j.engine.experiment;

/**
 * The weights that a student begins with, instead of random ones: those that the source has under
 * the same name and in the same shape. So a student begins with a backbone that was trained on
 * another task, or on other classes.
 *
 * @param source where they come from
 */
public record StartConfig(WeightSource source) {}
