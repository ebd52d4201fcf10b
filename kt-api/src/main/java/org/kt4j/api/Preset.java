package org.kt4j.api;

/**
 * An objective that the literature uses, ready to be named in a configuration: {@code objective:
 * [{preset: kd-repdistiller}]} stands for its terms.
 *
 * @param name unique among all presets: the method's name, a hyphen, and its source
 * @param summary one line: where it comes from
 * @param objective the terms with their weights, a list in YAML
 */
public record Preset(String name, String summary, String objective) {}
