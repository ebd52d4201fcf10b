package org.kt4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.RecordBinder;

/**
 * The rules that every criterion for filters keeps, as tests. A test class of a criterion
 * implements this and says which provider:
 *
 * <pre>{@code
 * class MyCriterionTest implements FilterCriterionContract<MyOptions> {
 *   public MyCriterionProvider provider() { return new MyCriterionProvider(); }
 * }
 * }</pre>
 *
 * @param <O> the criterion's options
 */
public interface FilterCriterionContract<O extends Record> {

  /** The provider under test. */
  FilterCriterionProvider<O> provider();

  /** Whether scores depend on the filters; those of a control may not. */
  default boolean looksAtFilters() {
    return true;
  }

  /** The criterion with its defaults. */
  default FilterCriterion criterion() {
    return provider().create(provider().defaults());
  }

  @Test
  default void the_name_is_kebab_case_and_the_summary_one_line() {
    assertThat(provider().name()).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    assertThat(provider().summary()).isNotBlank().doesNotContain("\n");
  }

  @Test
  default void service_loader_finds_the_provider() {
    assertThat(ServiceLoader.load(FilterCriterionProvider.class))
        .as("add its name to META-INF/services/%s", FilterCriterionProvider.class.getName())
        .hasAtLeastOneElementOfType(provider().getClass());
  }

  @Test
  default void the_options_survive_being_written_as_yaml_and_read_back() {
    O written = provider().defaults();
    ConfigurationTree tree = RecordBinder.plain().toTree("options", written);

    Record read =
        RecordBinder.plain()
            .bind(ConfigurationTree.parse("options", tree.toYaml()), provider().defaults());

    assertThat(read).isEqualTo(written);
  }

  @Test
  default void there_is_a_finite_score_for_each_filter_the_same_every_time() {
    for (int filters : new int[] {1, 2, 7, 16}) {
      double[] scores = criterion().scores(ProbeSurvey.of(filters, 3));

      assertThat(scores).hasSize(filters).doesNotContain(Double.NaN);
      assertThat(scores).isEqualTo(criterion().scores(ProbeSurvey.of(filters, 3)));
      assertThat(criterion().comparable(scores)).hasSize(filters).doesNotContain(Double.NaN);
      for (double score : scores) {
        assertThat(score).isFinite();
      }
    }
  }

  @Test
  default void the_order_of_the_pictures_does_not_matter() {
    List<Integer> forwards = order(criterion().scores(ProbeSurvey.of(12, 5)));

    List<Integer> backwards = order(criterion().scores(ProbeSurvey.backwards(12, 5)));

    assertThat(backwards).isEqualTo(forwards);
  }

  @Test
  default void a_dead_filter_is_removed_first() {
    if (!looksAtFilters()) {
      return;
    }
    double[] scores = criterion().scores(ProbeSurvey.of(9, 11, 4));

    assertThat(order(scores).get(0)).isEqualTo(4);
  }

  @Test
  default void comparable_scores_have_the_same_order() {
    double[] scores = criterion().scores(ProbeSurvey.of(10, 7));

    assertThat(order(criterion().comparable(scores))).isEqualTo(order(scores));
  }

  private static List<Integer> order(double[] scores) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, scores.length).boxed().toList());
    order.sort(Comparator.comparingDouble(i -> scores[i]));
    return order;
  }
}
