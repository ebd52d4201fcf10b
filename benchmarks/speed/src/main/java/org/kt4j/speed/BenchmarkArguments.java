package org.kt4j.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.run.Environment;

/**
 * What a benchmark is asked for, and where its report goes.
 *
 * @param quick whether this is a smoke run
 * @param out where the report is written as well, if anywhere
 * @param materials real data and teachers, where they are given
 * @param names the parts to measure; empty for all
 */
record BenchmarkArguments(
    boolean quick, @Nullable Path out, Materials materials, List<String> names) {

  private static final Path CPU = Path.of("/proc/cpuinfo");

  /**
   * Reads the command line; ends the process when it is wrong.
   *
   * @param benchmark for the message
   * @param known the parts that can be named
   */
  static BenchmarkArguments parse(String benchmark, String[] arguments, List<String> known) {
    boolean quick = false;
    Path out = null;
    Materials materials = Materials.none();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--quick")) {
        quick = true;
      } else if (argument.equals("--out") && i + 1 < arguments.length) {
        out = Path.of(arguments[++i]);
      } else if (argument.equals("--cifar10") && i + 1 < arguments.length) {
        materials = new Materials(Path.of(arguments[++i]), materials.npz(), materials.onnx());
      } else if (argument.equals("--npz") && i + 1 < arguments.length) {
        materials = new Materials(materials.cifar10(), Path.of(arguments[++i]), materials.onnx());
      } else if (argument.equals("--onnx") && i + 1 < arguments.length) {
        materials = new Materials(materials.cifar10(), materials.npz(), Path.of(arguments[++i]));
      } else if (known.contains(argument)) {
        names.add(argument);
      } else {
        System.err.println(
            benchmark
                + ": '"
                + argument
                + "' is not known; known: --quick, --out FILE, --cifar10 FOLDER, --npz FILE, --onnx"
                + " FILE, and "
                + String.join(", ", known));
        System.exit(2);
      }
    }
    return new BenchmarkArguments(quick, out, materials, List.copyOf(names));
  }

  /** The sections that are named; all when none is. */
  List<Section> chosen(List<Section> sections) {
    return names.isEmpty()
        ? sections
        : sections.stream().filter(section -> names.contains(section.name())).toList();
  }

  /** Prints a report, and writes it where it was asked for. */
  void publish(String markdown) throws IOException {
    System.out.print(markdown);
    if (out != null) {
      Path folder = out.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(out, markdown);
    }
  }

  /** Neither the machine's name nor any path. */
  static Map<String, String> environment() throws IOException {
    Environment here = ThisProcess.environment();
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
