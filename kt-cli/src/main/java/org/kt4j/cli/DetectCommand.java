package org.kt4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.training.Detector;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.data.Picture;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt detect RUN IMAGE...}: finds objects in pictures. */
@Command(name = "detect", description = "Find objects in pictures, with the detector of a run.")
final class DetectCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run folder of a detector.")
  private @Nullable Path run;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = PictureArguments.DESCRIPTION)
  private @Nullable List<String> images;

  @Option(
      names = "--threshold",
      paramLabel = "SCORE",
      description = "Smallest score that counts, ${DEFAULT-VALUE} by default.")
  private double threshold = 0.5;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where the pictures with boxes go: detected by default; with --json nowhere.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print what is found as JSON, boxes in pixels.")
  private boolean json;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  DetectCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Objects.requireNonNull(run, "picocli sees to it");
    ExperimentConfig config = installed.configOf(folder, "the folder of a run");
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new BadInputException("--threshold: " + threshold + " is not allowed; allowed: 0 to 1");
    }
    List<Path> files = PictureArguments.files(Objects.requireNonNull(images, "picocli sees to it"));
    DetectionRun detection = new DetectionRun(config, folder, installed.trainer().known());
    List<String> classes = detection.classes();
    Path drawn = out != null ? out : json ? null : Path.of("detected");
    if (drawn != null) {
      Files.createDirectories(drawn);
    }
    ArrayNode all = Json.array();
    Map<String, Integer> names = new HashMap<>();
    int unreadable = 0;
    try (Detector detector = detection.detector(which)) {
      for (Path file : files) {
        Pixels pixels;
        try {
          Picture picture = Picture.read(file);
          pixels = new Pixels(picture.height(), picture.width(), picture.pixels());
        } catch (IOException e) {
          terminal.error(PictureArguments.unreadable(file, e));
          unreadable++;
          continue;
        }
        List<Detection> found =
            detector.detect(List.of(pixels)).get(0).stream()
                .filter(each -> each.score() >= threshold)
                .toList();
        if (json) {
          all.add(described(file, pixels, found, classes));
        } else {
          tell(file, found, classes);
        }
        if (drawn != null) {
          new DrawnDetections(pixels, found, classes).write(drawn.resolve(name(file, names)));
        }
      }
    }
    if (json) {
      terminal.line(Json.indented(all).stripTrailing());
    } else {
      terminal.line("pictures with boxes: " + drawn);
    }
    return unreadable == 0 ? 0 : Failure.FAILED;
  }

  /** Of the drawing; pictures of one name from several folders get a number each. */
  private static String name(Path file, Map<String, Integer> names) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    int count = names.merge(name, 1, Integer::sum);
    return name + (count == 1 ? "" : "-" + count) + ".png";
  }

  private void tell(Path file, List<Detection> found, List<String> classes) {
    terminal.line(file + (found.isEmpty() ? ": nothing" : ""));
    for (Detection each : found) {
      Box box = each.box();
      terminal.line(
          String.format(
              Locale.ROOT,
              "  %-20s %5.1f %%  x %.0f to %.0f, y %.0f to %.0f",
              classes.get(each.label()),
              100 * each.score(),
              box.xMin(),
              box.xMax(),
              box.yMin(),
              box.yMax()));
    }
  }

  private static ObjectNode described(
      Path file, Pixels pixels, List<Detection> found, List<String> classes) {
    ObjectNode picture = Json.object();
    picture.put("picture", file.toString());
    picture.put("width", pixels.width()).put("height", pixels.height());
    ArrayNode objects = picture.putArray("objects");
    for (Detection each : found) {
      Box box = each.box();
      ObjectNode object = objects.addObject();
      object.put("class", classes.get(each.label()));
      object.put("score", each.score());
      object.put("x-min", box.xMin()).put("y-min", box.yMin());
      object.put("x-max", box.xMax()).put("y-max", box.yMax());
    }
    return picture;
  }
}
