package org.kt4j.engine.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;

class TasksTest {

  private static final NamedTask SORTING = new NamedTask("sorting", "resnet-8");
  private static final NamedTask COUNTING = new NamedTask("counting", "resnet-14");

  /** A term that configurations can name; it is never created. */
  private static final class Unused implements KnowledgeTransferProvider<Unused.Options> {

    private record Options() {}

    @Override
    public String name() {
      return "unused";
    }

    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public Options defaults() {
      return new Options();
    }

    @Override
    public KnowledgeTransfer create(Options options) {
      throw new UnsupportedOperationException();
    }
  }

  private static final ExperimentReader READER =
      injector(SORTING, COUNTING).getInstance(ExperimentReader.class);

  private static Injector injector(Task... tasks) {
    return Guice.createInjector(
        new KtModule(),
        new AbstractModule() {
          @Override
          protected void configure() {
            Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
                .addBinding()
                .toInstance(new Unused());
            Multibinder<Task> bound = Multibinder.newSetBinder(binder(), Task.class);
            for (Task task : tasks) {
              bound.addBinding().toInstance(task);
            }
          }
        });
  }

  private static Tasks tasks(Task... tasks) {
    return new Tasks(new LinkedHashSet<>(List.of(tasks)));
  }

  private static ExperimentConfig experiment(String student, String... more) {
    return READER.parse(
        "test.yaml",
        "data: {name: shapes}\n"
            + "student: {network: "
            + student
            + "}\n"
            + "phases: [{name: only, epochs: 1, objective: [{term: unused}]}]\n"
            + String.join("", more));
  }

  @Test
  void an_experiment_is_of_the_task_that_its_student_suits() {
    Tasks tasks = tasks(SORTING, COUNTING);

    assertThat(tasks.of(experiment("resnet-8"))).isSameAs(SORTING);
    assertThat(tasks.of(experiment("resnet-14"))).isSameAs(COUNTING);
  }

  @Test
  void an_experiment_that_names_a_task_is_of_that_one_whatever_its_student_suits() {
    assertThat(tasks(SORTING, COUNTING).of(experiment("resnet-8", "task: counting\n")))
        .isSameAs(COUNTING);
  }

  @Test
  void an_unknown_name_is_told_the_known_ones_and_the_nearest() {
    assertThatThrownBy(() -> tasks(SORTING, COUNTING).named("--task", "countin"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "--task: unknown task 'countin'; known: counting, sorting; did you mean 'counting'?");
  }

  @Test
  void an_unknown_name_is_told_with_the_file_and_its_other_problems() {
    assertThatThrownBy(() -> experiment("resnet-8", "task: countin\n", "batch-size: 0\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("test.yaml: task: unknown task 'countin'; known: ")
        .hasMessageContaining("did you mean 'counting'?")
        .hasMessageContaining("test.yaml: batch-size: 0 is not allowed; allowed: 1 to 65536");
  }

  @Test
  void where_several_are_suitable_one_has_to_be_named() {
    Tasks tasks = tasks(SORTING, new NamedTask("ranking", "resnet-8"), COUNTING);

    assertThatThrownBy(() -> tasks.of(experiment("resnet-8")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "student.network: resnet-8: several tasks are for such a student: ranking, sorting;"
                + " fix: name one, task: ranking");
    assertThat(tasks.of(experiment("resnet-8", "task: sorting\n"))).isSameAs(SORTING);
  }

  @Test
  void where_none_is_suitable_the_known_ones_are_told() {
    assertThatThrownBy(() -> tasks(SORTING, COUNTING).of(experiment("resnet-20")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "student.network: resnet-20: no task on the class path is for such a student; known"
                + " tasks: counting, sorting; fix: name one, task: NAME, or add the artifact of"
                + " another");
  }

  @Test
  void two_tasks_of_one_name_are_refused() {
    assertThatThrownBy(() -> tasks(SORTING, new NamedTask("sorting", "resnet-14")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("two tasks are called 'sorting': " + NamedTask.class.getName())
        .hasMessageEndingWith("; remove one of the artifacts");
  }

  /** The engine brings none; tasks are modules of their own. */
  @Test
  void without_a_task_on_the_class_path_every_experiment_is_told_to_add_one() {
    Tasks none = injector().getInstance(Tasks.class);

    assertThat(none.all()).isEmpty();
    assertThatThrownBy(() -> none.of(experiment("resnet-8")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "student.network: resnet-8: no task on the class path is for such a student; known"
                + " tasks: none; fix: name one, task: NAME, or add the artifact of another");
  }

  @Test
  void the_task_of_an_experiment_is_written_and_read_back_and_may_be_left_out() {
    ExperimentConfig named = experiment("resnet-8", "task: counting\n");
    ExperimentConfig unnamed = experiment("resnet-8");

    assertThat(named.task()).isEqualTo("counting");
    assertThat(READER.write(named)).contains("task: counting\n");
    assertThat(READER.parse("again", READER.write(named))).isEqualTo(named);
    assertThat(unnamed.task()).isNull();
    assertThat(READER.parse("again", READER.write(unnamed))).isEqualTo(unnamed);
  }

  @Test
  void the_task_is_the_same_on_other_data_and_with_another_seed() {
    ExperimentConfig named = experiment("resnet-8", "task: counting\n");

    assertThat(named.on(named.data(), 7).task()).isEqualTo("counting");
  }

  @Test
  void all_are_listed_by_name() {
    Set<Task> both = Set.of(SORTING, COUNTING);

    assertThat(new Tasks(both).all()).extracting(Task::name).containsExactly("counting", "sorting");
  }
}
