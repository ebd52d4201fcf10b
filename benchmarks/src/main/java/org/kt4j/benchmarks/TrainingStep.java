package org.kt4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.training.Environment;

/**
 * What a training step costs, compared with what it is made of; {@code benchmarks/run step}.
 *
 * <p>Arguments: {@code --quick} for a smoke run, {@code --out FILE} to write the report as well,
 * and names of sections, else all are measured. Memory comes first, because what an earlier section
 * freed would hide growth.
 */
public final class TrainingStep {

  private static final Path CPU = Path.of("/proc/cpuinfo");

  private TrainingStep() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    String home = System.getProperty("kt.home");
    List<Section> sections = sections(home == null ? null : Path.of(home, "kt"));
    Settings settings = Settings.full();
    Path out = null;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--quick")) {
        settings = Settings.smoke();
      } else if (argument.equals("--out") && i + 1 < arguments.length) {
        out = Path.of(arguments[++i]);
      } else if (sections.stream().anyMatch(section -> section.name().equals(argument))) {
        names.add(argument);
      } else {
        System.err.println(
            "step: '"
                + argument
                + "' is not known; known: --quick, --out FILE, and the sections "
                + sections.stream().map(Section::name).collect(Collectors.joining(", ")));
        System.exit(2);
      }
    }
    if (!names.isEmpty()) {
      sections = sections.stream().filter(section -> names.contains(section.name())).toList();
    }
    String markdown = report(settings, sections).markdown();
    System.out.print(markdown);
    if (out != null) {
      Path folder = out.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(out, markdown);
    }
  }

  /** All sections, in the order in which they are measured. */
  static List<Section> sections(@Nullable Path kt) {
    return List.of(
        new MemoryGrowth(),
        new Throughput(),
        new ConvolutionBound(),
        new LoopOverhead(),
        new Distillation(),
        new CommandStart(kt));
  }

  /** Measures. */
  static Report report(Settings settings, List<Section> sections) throws IOException {
    Workbench bench = new Workbench(settings);
    List<Figure> figures = new ArrayList<>();
    List<String> appendix = new ArrayList<>();
    for (Section section : sections) {
      System.err.println("measuring " + section.name());
      Section.Outcome outcome = section.measure(bench);
      figures.addAll(outcome.figures());
      appendix.addAll(outcome.appendix());
    }
    List<String> notes = new ArrayList<>();
    if (settings.quick()) {
      notes.add("**A smoke run: these numbers mean nothing.**");
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "One process; what is compared takes turns: %s. A ratio is the median over the rounds"
                + " of the ratio within a round.",
            bench.rounds()));
    notes.add(
        String.format(
            Locale.ROOT,
            "Batches of %d pictures of 32x32x3 from `shapes`; seed %d; SGD with momentum.",
            settings.batch(),
            Settings.SEED));
    notes.add("The loop has " + settings.loopSteps() + " steps a round.");
    return new Report(
        "A training step", !settings.quick(), notes, environment(), figures, appendix);
  }

  /** Neither the machine's name nor any path. */
  private static Map<String, String> environment() throws IOException {
    Environment here = Environment.here();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("started", here.started());
    environment.put("TensorFlow", here.tensorflow());
    environment.put("oneDNN", here.oneDnn() ? "on" : "off");
    environment.put("Java", here.java());
    environment.put("system", here.system());
    environment.put("processor", processor());
    environment.put("cores", Integer.toString(here.cores()));
    environment.put("heap", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
    return environment;
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(CPU)) {
      return "unknown";
    }
    try (var lines = Files.lines(CPU)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }
}
