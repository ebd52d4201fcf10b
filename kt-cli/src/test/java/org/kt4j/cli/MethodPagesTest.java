package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.Inline;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.Tasks;

/** The pages {@code docs/methods/NAME.md}, held against the methods that there are. */
class MethodPagesTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());

  private static final Path PAGES = Path.of(System.getProperty("user.dir"), "..", "docs/methods");

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static final String EXPERIMENT =
      """
      data: {name: shapes}
      teacher: {config: teacher.yaml}
      student: {network: resnet-8}
      """;

  /** All but the terms that learn from the labels of one task. */
  static List<KnowledgeTransferProvider<?>> methods() {
    List<String> ofTasks =
        INJECTOR.getInstance(Tasks.class).all().stream()
            .map(Task::labelTerms)
            .flatMap(List::stream)
            .toList();
    return INJECTOR.getInstance(Methods.class).all().stream()
        .filter(method -> !ofTasks.contains(method.name()))
        .toList();
  }

  static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void every_method_has_a_page_and_every_page_a_method() throws IOException {
    assertThat(pages().stream().map(page -> page.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            methods().stream().map(method -> method.name() + ".md").toList())
        .contains("nst.md", "kd.md");
  }

  @Test
  void every_term_says_what_it_learns_from() {
    assertThat(INJECTOR.getInstance(Methods.class).all())
        .filteredOn(method -> method.family() == MethodFamily.OTHER)
        .extracting(KnowledgeTransferProvider::name)
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void a_page_names_every_option_and_every_preset(KnowledgeTransferProvider<?> method)
      throws IOException {
    String page = Files.readString(PAGES.resolve(method.name() + ".md"));
    List<String> names = new ArrayList<>(options(method.defaults().getClass()));
    method.presets().forEach(preset -> names.add(preset.name()));

    assertThat(names)
        .filteredOn(name -> !Pattern.compile("\\b" + name + "(?![-\\w])").matcher(page).find())
        .as("not on the page of " + method.name())
        .isEmpty();
  }

  private static List<String> options(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.isAnnotationPresent(Inline.class)) {
        names.addAll(options(component.getType()));
      } else {
        names.add(component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void what_a_page_shows_can_be_read(Path page) throws IOException {
    String term = page.getFileName().toString().replace(".md", "");
    List<String> examples = new ArrayList<>();
    Matcher blocks = YAML.matcher(Files.readString(page));
    while (blocks.find()) {
      examples.add(blocks.group(1));
    }

    List<ExperimentConfig> read =
        examples.stream()
            .map(
                example ->
                    INJECTOR
                        .getInstance(ExperimentReader.class)
                        .parse(page.getFileName().toString(), EXPERIMENT + phases(example)))
            .toList();

    assertThat(read)
        .as("examples with " + term)
        .anySatisfy(
            config ->
                assertThat(config.phases())
                    .anySatisfy(
                        phase ->
                            assertThat(phase.objective())
                                .anySatisfy(each -> assertThat(each.term()).isEqualTo(term))));
  }

  /** An example is phases, an objective, or terms of one. */
  private static String phases(String example) {
    if (example.startsWith("phases:")) {
      return example;
    }
    String objective = example.startsWith("- ") ? "objective:\n" + example : example;
    return "phases:\n  - name: p\n    epochs: 1\n" + objective.indent(4);
  }
}
