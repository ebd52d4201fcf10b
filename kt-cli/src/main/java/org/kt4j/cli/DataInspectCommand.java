package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ContactSheet;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt data inspect}. */
@Command(
    name = "inspect",
    sortOptions = false,
    description = "Open a data set, count its pictures and compute their mean and deviation.")
final class DataInspectCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "NAME|CONFIG",
      description = "A data set that kt data lists, or a configuration.")
  private @Nullable String target;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--sheet",
      paramLabel = "FILE.png",
      description = "Draw the first training pictures with their labels: classes, or boxes.")
  private @Nullable Path sheet;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "The task whose labels --sheet draws; by default the task of the configuration, and for a"
              + " data set its classes.")
  private @Nullable String task;

  private @Nullable Task ofConfiguration;

  DataInspectCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    if (task != null && sheet == null) {
      throw new BadInputException(
          "--task: says what --sheet draws, and there is no --sheet; fix: leave it out, or add"
              + " --sheet FILE.png");
    }
    if (sheet != null) {
      if (!sheet.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
        throw new BadInputException(
            "--sheet: " + sheet + " is not allowed; allowed: a name that ends in .png");
      }
      OutputPlace.file("--sheet", sheet);
    }
    DataConfig config = config(Objects.requireNonNull(target, "picocli sees to it"));
    Datasets datasets = installed.datasets();
    terminal.line(config.name() + ": " + datasets.provider(config.name()).summary());
    terminal.line("");
    OptionsTable.lines(config.options(), "now").forEach(terminal::line);
    terminal.line("");
    DataSplits data = datasets.open(config.name(), config.options());
    terminal.line(
        "pictures of " + data.shape() + " in " + data.train().classes().size() + " classes");
    terminal.line("");
    classes(data).aligned().forEach(terminal::line);
    terminal.line("");
    normalization(data.train(), datasets.provider(config.name()).defaultNormalization());
    if (sheet != null) {
      draw(config, data, sheet);
      terminal.line("");
      terminal.line("contact sheet: " + sheet);
    }
    return 0;
  }

  private void draw(DataConfig config, DataSplits data, Path file) {
    Task drawing = ofConfiguration;
    if (task != null) {
      drawing = installed.tasks().named("--task", task);
    }
    if (drawing == null) {
      ContactSheet.write(data.train(), file);
    } else {
      drawing.drawSheet(config, file);
    }
  }

  private DataConfig config(String given) {
    Datasets datasets = installed.datasets();
    if (datasets.knows(given)) {
      return installed.reader().data(given, experiment.overrides());
    }
    Path file = Path.of(given);
    if (!Files.exists(file) && !given.contains(".")) {
      throw new BadInputException(datasets.unknown(given));
    }
    ExperimentConfig config = experiment.read(installed.reader(), file, Map.of());
    ofConfiguration = installed.tasks().of(config);
    return config.data();
  }

  private static Table classes(DataSplits data) {
    int[] train = data.train().classCounts();
    int[] heldOut = data.heldOut().classCounts();
    int[] test = data.test().classCounts();
    List<List<String>> rows = new ArrayList<>();
    for (int k = 0; k < train.length; k++) {
      rows.add(row(data.train().classes().get(k), train[k], heldOut[k], test[k]));
    }
    rows.add(row("all", data.train().size(), data.heldOut().size(), data.test().size()));
    return new Table(List.of("class", "train", "held-out", "test"), rows);
  }

  private static List<String> row(String name, int train, int heldOut, int test) {
    return List.of(
        name, NumberFormats.count(train), NumberFormats.count(heldOut), NumberFormats.count(test));
  }

  private void normalization(ImageDataset pictures, Normalization usual) {
    int channels = pictures.shape().channels();
    double[] sums = new double[channels];
    double[] squares = new double[channels];
    byte[] pixels = new byte[pictures.shape().bytes()];
    for (int i = 0; i < pictures.size(); i++) {
      pictures.copyImage(i, pixels, 0);
      for (int p = 0; p < pixels.length; p++) {
        double value = (pixels[p] & 0xFF) / 255.0;
        sums[p % channels] += value;
        squares[p % channels] += value * value;
      }
    }
    double count = (double) pictures.size() * pixels.length / channels;
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int c = 0; c < channels; c++) {
      double mean = sums[c] / count;
      means.add(mean);
      deviations.add(Math.sqrt(Math.max(0, squares[c] / count - mean * mean)));
    }
    terminal.line(
        "normalization  measured on train: mean " + list(means) + " std " + list(deviations));
    terminal.line(
        "               used by default:   mean "
            + list(usual.mean())
            + " std "
            + list(usual.std()));
  }

  private static String list(List<Double> numbers) {
    return numbers.stream()
        .map(number -> String.format(Locale.ROOT, "%.4f", number))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
