package org.kt4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.RecordBinder;

/**
 * The rules of {@link org.kt4j.api} that every method keeps, as tests. A test class of a method
 * implements this and says which provider and which activations:
 *
 * <pre>{@code
 * class MeanMapTest implements TransferContract<MeanMapOptions> {
 *   public MeanMapProvider provider() { return new MeanMapProvider(); }
 *   public MethodProbe probe(KnowledgeTransfer method) {
 *     return MethodProbe.of(method)
 *         .teacher("stage3", HeapTensor.normal(1, 2, 3, 3, 4))
 *         .student("stage3", HeapTensor.normal(2, 2, 3, 3, 5));
 *   }
 * }
 * }</pre>
 *
 * <p>That the knowledge comes from the teacher alone needs no test here: {@link MethodProbe} runs
 * {@code teach} with nothing else.
 *
 * @param <O> the method's options
 */
public interface TransferContract<O extends Record> {

  /** The provider under test. */
  KnowledgeTransferProvider<O> provider();

  /**
   * Activations that the method accepts: a batch of two or more, away from kinks such as a ReLU at
   * zero, the labels if it reads them.
   */
  MethodProbe probe(KnowledgeTransfer method);

  /** The options that the tests of the loss run with. */
  default O options() {
    return provider().defaults();
  }

  /**
   * Whether the loss is a distance, zero when the student's activations are the teacher's. Not
   * every loss is: a regressor of random first values stands between two equal maps.
   */
  default boolean isDistance() {
    return true;
  }

  /** The probe with {@link #options()}. */
  default MethodProbe probe() {
    return probe(provider().create(options()));
  }

  /** What the method does with the activations as they are given, computed once for each class. */
  private ProbeResult given() {
    return GivenResults.of(this);
  }

  @Test
  default void the_name_is_kebab_case_and_the_summary_one_line() {
    assertThat(provider().name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    assertThat(provider().summary()).isNotBlank().doesNotContain("\n");
  }

  @Test
  default void service_loader_finds_the_provider() {
    assertThat(ServiceLoader.load(KnowledgeTransferProvider.class))
        .as("add its name to META-INF/services/%s", KnowledgeTransferProvider.class.getName())
        .hasAtLeastOneElementOfType(provider().getClass());
  }

  @Test
  default void the_options_survive_being_written_as_yaml_and_read_back() {
    for (O written : List.of(provider().defaults(), options())) {
      ConfigurationTree tree = RecordBinder.plain().toTree("options", written);

      Record read =
          RecordBinder.plain()
              .bind(ConfigurationTree.parse("options", tree.toYaml()), provider().defaults());

      assertThat(read).isEqualTo(written);
    }
  }

  @Test
  default void an_unknown_option_is_refused() {
    ConfigurationTree tree = RecordBinder.plain().toTree("options", provider().defaults());
    tree.set("no-such-option", "1");

    assertThatThrownBy(() -> RecordBinder.plain().bind(tree, provider().defaults()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown key 'no-such-option'");
  }

  @Test
  default void the_knowledge_has_the_batch_first() {
    var once = given().knowledge();
    var doubled = probe().twice().run().knowledge();

    assertThat(doubled.keySet()).isEqualTo(once.keySet());
    doubled.forEach(
        (name, tensor) ->
            assertThat(once.get(name))
                .extracting(HeapTensor::twice)
                .extracting(HeapTensor::shape)
                .as(name)
                .isEqualTo(tensor.shape()));
  }

  @Test
  default void a_batch_twice_side_by_side_has_the_same_loss() {
    assumeFalse(
        provider().create(options()).relatesPictures(),
        "the loss relates the pictures of a batch to each other");
    ProbeResult given = given();
    assumeFalse(given.draws(), "the loss draws other numbers for other places of a batch");
    float once = given.loss();

    float doubled = probe().twice().run().loss();

    // A mean over twice as many equal numbers may be added up in another order: a few units in the
    // last place of float32.
    assertThat(doubled).isCloseTo(once, within(1e-6f * Math.max(1, Math.abs(once))));
  }

  @Test
  default void the_order_of_a_batch_does_not_matter() {
    ProbeResult given = given();
    assumeFalse(given.draws(), "the loss draws other numbers for other places of a batch");

    float turned = probe().reversed().run().loss();

    // The same numbers, added up in another order.
    float once = given.loss();
    assertThat(turned).isCloseTo(once, within(2e-6f * Math.max(1, Math.abs(once))));
  }

  @Test
  default void the_same_activations_give_the_same_value() {
    ProbeResult first = given();

    ProbeResult second = probe().run();

    assertThat(second).isEqualTo(first);
  }

  @Test
  default void a_student_that_equals_its_teacher_is_at_distance_zero() {
    assumeTrue(isDistance(), "the loss is no distance, see isDistance()");
    ProbeResult apart = given();

    ProbeResult result = probe().studentAsTeacher().run();

    // A difference of sums of order one in float32, of which each rounds at 6e-8.
    assertThat(result.loss()).isCloseTo(0, within(2e-6f * Math.max(1, apart.loss())));
  }

  @Test
  default void dead_activations_give_a_finite_loss_and_gradient() {
    MethodProbe dead = probe().eachStudentActivation(map -> map.times(0));

    assertThat(dead.run()).matches(ProbeResult::isFinite, "is finite: dead student");
    assertThat(dead.eachActivation(map -> map.times(0)).run())
        .matches(ProbeResult::isFinite, "is finite: dead student and teacher");
  }

  @Test
  default void huge_and_tiny_activations_give_a_finite_loss_and_gradient() {
    // 1e18 and 1e-18: a square is still a float32 number, a sum of many squares is not.
    for (float factor : new float[] {0x1p60f, 0x1p-60f}) {
      assertThat(probe().eachActivation(map -> map.times(factor)).run())
          .matches(ProbeResult::isFinite, "is finite: both sides times " + factor);
      assertThat(probe().eachStudentActivation(map -> map.times(factor)).run())
          .matches(ProbeResult::isFinite, "is finite: student times " + factor);
    }
  }

  @Test
  default void the_gradient_agrees_with_finite_differences() {
    GradientCheck check = probe().checkGradient();

    // A wrong formula shows as 0.1 or more; see GradientCheck for what float32 allows.
    assertThat(check.resolution()).isLessThan(5e-3);
    assertThat(check.largestError()).as(check.place()).isLessThan(1e-2);
  }

  /** In the engine's own graph, on two small residual networks; see {@link ContractStep}. */
  @Test
  default void a_training_step_moves_the_student_and_leaves_the_teacher_as_it_is() {
    ContractStep step = ContractStep.ofDefaults(provider());

    assertThat(step.teacherAfter()).isEqualTo(step.teacherBefore());
    assertThat(step.studentAfter()).isNotEqualTo(step.studentBefore());
    assertThat(step.loss()).isFinite();
  }

  /** The knowledge is all that the loss needs of the teacher, so a teacher need not be there. */
  @Test
  default void stored_knowledge_makes_the_same_step_as_the_teacher_itself(@TempDir Path folder) {
    assumeFalse(given().knowledge().isEmpty(), "the method learns from no teacher");
    ContractStep live = ContractStep.ofDefaults(provider());

    ContractStep stored = ContractStep.storedOfDefaults(provider(), folder);

    assertThat(stored.loss()).isEqualTo(live.loss());
    assertThat(stored.studentAfter()).isEqualTo(live.studentAfter());
    assertThat(stored.teacherBefore()).as("nobody asked the teacher").isEmpty();
  }
}
