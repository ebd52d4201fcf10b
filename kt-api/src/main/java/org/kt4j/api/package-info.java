/**
 * What a knowledge-transfer method is, how it is found, and how to write one.
 *
 * <h2>Terms</h2>
 *
 * The objective that a student is trained on is a weighted sum of <em>terms</em>. Cross-entropy
 * with the labels is a term; so is every way of learning from a teacher. A combination such as NST
 * with KD is a list of two terms in a configuration, never a class:
 *
 * <pre>{@code
 * objective:
 *   - {term: cross-entropy}
 *   - {term: nst, weight: 50, kernel: polynomial, layers: {stage3: stage3}}
 *   - {term: kd, weight: 16, temperature: 4}
 * }</pre>
 *
 * The weight belongs to the list, not to the method: every method returns its plain loss and is
 * multiplied outside. So any term's weight can change during the training, {@code weight: {from: 0,
 * to: 8, epochs: 20}}.
 *
 * <h2>Taps</h2>
 *
 * A <em>tap</em> is a named place in a network whose activation can be read: {@code stage2}, {@code
 * stage3.pre-relu}, {@code logits}. Feature maps are {@code [B, H, W, C]} (NHWC), logits are {@code
 * [B, K]}. {@code H}, {@code W}, {@code C} and {@code K} are static, so that a method may choose
 * its algorithm from them; the batch size {@code B} is not known while the graph is built.
 *
 * <h2>Two halves of a method</h2>
 *
 * A {@link org.kt4j.api.KnowledgeTransfer} is stateless and does its work in two halves:
 *
 * <ol>
 *   <li>{@link org.kt4j.api.KnowledgeTransfer#teach teach} sees the teacher's activations only and
 *       reduces them to {@link org.kt4j.api.Knowledge}: softened logits, a Gram matrix, an
 *       attention map. Each tensor of it has the batch as its first axis, so that it can be
 *       computed once for every image, stored, and fed back later.
 *   <li>{@link org.kt4j.api.KnowledgeTransfer#loss loss} sees the student's activations and that
 *       knowledge and builds one scalar, a mean over the batch.
 * </ol>
 *
 * No gradient ever reaches the teacher: the engine differentiates with respect to the student's and
 * the auxiliary variables only.
 *
 * <h2>Providers and options</h2>
 *
 * A method is announced by a {@link org.kt4j.api.KnowledgeTransferProvider}: a name, a sentence,
 * the default options and a factory. Options are a Java record; the configuration file binds to it
 * by its component names in kebab case ({@code sigmaSquared} is written {@code sigma-squared}).
 * {@link org.kt4j.api.NamedProvider#defaults()} is the one place where defaults stand. Ranges are
 * checked in the record's compact constructor by throwing {@link
 * org.kt4j.api.InvalidOptionException}; unknown keys and wrong types are reported by the engine.
 * Every number has a least and a greatest value, which its {@link org.kt4j.api.Description} says,
 * so that nothing is built from a number that nobody means.
 *
 * <h2>How a provider is found</h2>
 *
 * Either by {@link java.util.ServiceLoader}: the artifact has a file {@code
 * META-INF/services/org.kt4j.api.KnowledgeTransferProvider} which names the class. Or by Guice: the
 * artifact ships a small module which adds the provider to the set of {@code
 * KnowledgeTransferProvider<?>}, and an application installs exactly the modules that it wants.
 * Both ways end in one registry. Two providers of one name are an error that names both origins.
 *
 * <h2>Layers</h2>
 *
 * Methods that compare feature maps share their options: {@code layers} (teacher's tap to student's
 * tap), {@code layer-weights}, {@code tap} and {@code interpolate}. A {@link
 * org.kt4j.api.LayerSelection} checks them and makes {@link org.kt4j.api.LayerPair}s of them, by
 * size where no pair is named; a pair gives both maps at one size.
 *
 * <h2>Pictures, memory and chance</h2>
 *
 * A loss that relates the pictures of a batch to each other says so ({@link
 * org.kt4j.api.KnowledgeTransfer#relatesPictures relatesPictures}); its knowledge is that of each
 * picture all the same. {@link org.kt4j.api.StudentSide#pictures} says which training pictures a
 * batch holds, {@link org.kt4j.api.StudentSide#memory memory} keeps numbers from step to step, such
 * as a row for each picture, and {@link org.kt4j.api.StudentSide#seed} is a seed for random
 * operations. All of it is part of checkpoints or a function of the step, so that a run that
 * continues does what it would have done.
 *
 * <h2>Calibration</h2>
 *
 * A method that chooses something of the teacher before training, such as its most informative
 * channels, names taps in {@link org.kt4j.api.KnowledgeTransfer#calibrationTaps calibrationTaps}.
 * Before the first step the engine runs the teacher on training pictures and calls {@link
 * org.kt4j.api.KnowledgeTransfer#calibrated calibrated}; the method that this returns is trained
 * with. It has no state either, and depends on the teacher alone.
 *
 * <h2>Presets</h2>
 *
 * A weight belongs to a list of terms, so the mixes of the literature do too: {@link
 * org.kt4j.api.KnowledgeTransferProvider#presets()} offers whole objectives, and a configuration
 * names one in the place of a term, {@code {preset: kd-repdistiller}}.
 *
 * <h2>Writing one</h2>
 *
 * {@code docs/extending.md} walks through a method of some sixty lines, from its options to its
 * tests.
 *
 * <h2>The rules</h2>
 *
 * {@code TransferContract} of kt-testkit checks them for every method that is shipped, and for any
 * other that asks for it:
 *
 * <ol>
 *   <li>The name is lower-case kebab case and unique; {@link java.util.ServiceLoader} finds the
 *       provider.
 *   <li>{@code create(defaults())} works; options survive being written as YAML and read back, and
 *       an unknown one is refused.
 *   <li>{@code taps} answers from shapes alone and names only what the method reads.
 *   <li>{@code teach} reads the teacher's activations and nothing else: no labels, no student, no
 *       random numbers. Every tensor of the knowledge has the batch as its first axis.
 *   <li>{@code loss} is a scalar; it is a mean over the batch, so two copies of a batch side by
 *       side give the loss of one, unless it relates pictures to each other or draws random
 *       numbers. The order of a batch does not matter.
 *   <li>Its gradient is that of its value: with respect to the activations and to auxiliary
 *       variables it agrees with finite differences.
 *   <li>Loss and gradients are finite also on dead (all-zero) and on huge inputs.
 *   <li>Where the method defines a distance, it is zero when student equals teacher.
 *   <li>The same inputs give the same value.
 *   <li>A training step moves the student and leaves the teacher as it is.
 *   <li>Auxiliary variables are asked for through {@link org.kt4j.api.StudentSide#auxiliary}, never
 *       made by the method itself: they are trained with the student and never exported. What is
 *       not trained is a {@link org.kt4j.api.TermMemory}.
 * </ol>
 */
@NullMarked
package org.kt4j.api;

import org.jspecify.annotations.NullMarked;
