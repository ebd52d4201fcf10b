/**
 * Configuration files: read, overridden, bound to records, checked as a whole and written back.
 *
 * <h2>The way of a configuration</h2>
 *
 * <pre>{@code
 * ConfigurationTree tree = ConfigurationTree.read(Path.of("configs/nst-kd.yaml"));
 * tree.set("phases.0.epochs", "2");
 * RecordBinder binder = RecordBinder.builder().custom(TermConfig.class, terms).build();
 * ExperimentConfig config = binder.bind(tree, ExperimentConfig.class);
 * String resolved = binder.toTree("config.yaml", config).toYaml();
 * }</pre>
 *
 * Every problem of the file is found before anything is thrown; the {@link
 * org.kt4j.config.ConfigurationException} lists them all, each with the file, the place, the value,
 * what is allowed and the nearest known name:
 *
 * <pre>{@code
 * nst-kd.yaml: phases[0].objective[1].kernel: unknown 'poly3'; known: linear, polynomial, gaussian; did you mean 'polynomial'?
 * }</pre>
 *
 * <h2>Keys and defaults</h2>
 *
 * A record component {@code weightDecay} is the key {@code weight-decay}; an enum constant {@code
 * ADAM_W} is written {@code adam-w}. What a file leaves out comes from, in this order: the instance
 * of defaults that the caller or the enclosing record gives; a static method {@code defaults()} of
 * the record; a static method for one component, {@code defaultBatchSize()} for {@code batchSize}.
 * What has none is required, unless the component is {@code @Nullable}. A list or a map in the file
 * replaces the default one; a nested record is merged with it key by key. The keys of an {@link
 * org.kt4j.api.Inline} record stand beside those of the record around it.
 *
 * <h2>What a file may hold</h2>
 *
 * One document in UTF-8, of at most 1,048,576 characters and 64 maps and lists in each other. Flags
 * are {@code true} and {@code false}; {@code yes}, {@code on} and dates are texts. Numbers are
 * decimal: {@code 10}, {@code 0.1}, {@code .5}, {@code 1e-4}. What YAML reads as a number in
 * another notation ({@code 010}, {@code 0x10}, {@code 1_000}) is refused, since other programs read
 * it otherwise, and so are {@code .nan} and {@code .inf}, aliases, tags, keys that stand twice, and
 * control characters in texts and paths. A number without quotes is a text where one is expected,
 * unless its digits would change, as those of {@code 1e5}.
 *
 * <h2>Parts picked by name</h2>
 *
 * The keys of {@code {term: nst, weight: 50, kernel: polynomial}} belong to two records: the
 * objective's ({@code term}, {@code weight}) and the options of whatever {@code nst} names. {@link
 * org.kt4j.config.NamedBinding} binds such a part. {@link org.kt4j.config.SealedBinding} binds
 * {@code {name: sgd, momentum: 0.9}}, where the names are the records of a sealed interface; {@link
 * org.kt4j.config.CustomBinding} is the general way to bind a type by hand.
 */
@NullMarked
package org.kt4j.config;

import org.jspecify.annotations.NullMarked;
