package org.kt4j.engine.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.kt4j.engine.model.ModelException;

/** The file formats of exports on the class path. */
public final class ExportFormats {

  /** What an export is written as unless asked otherwise. */
  public static final ExportFormat USUAL = new SavedModelFormat();

  private ExportFormats() {}

  private static List<ExportFormat> all() {
    return Stream.concat(
            Stream.of(USUAL),
            ServiceLoader.load(ExportFormat.class).stream().map(ServiceLoader.Provider::get))
        .sorted(Comparator.comparing(ExportFormat::name))
        .toList();
  }

  /** The fastest in single precision that can be run here. */
  public static ExportFormat fastest() {
    for (ExportFormat format : all()) {
      try {
        if (!format.name().equals(USUAL.name())) {
          format.requireRuntime(Path.of(""));
          return format;
        }
      } catch (ModelException e) {
        // What runs it is not on the class path.
      }
    }
    return USUAL;
  }

  /** The names of all, sorted. */
  public static List<String> names() {
    return all().stream().map(ExportFormat::name).toList();
  }

  /** Whether a folder holds a model of any of them. */
  public static boolean isIn(Path folder) {
    return all().stream().anyMatch(format -> format.isIn(folder));
  }

  /** The names of the files that are models. */
  public static List<String> files() {
    return all().stream().map(ExportFormat::file).toList();
  }

  /** Whether some format writes a file of this name. */
  static boolean isWritten(String file) {
    return all().stream().anyMatch(format -> format.files().contains(file));
  }

  /**
   * A format by its name.
   *
   * @throws ExportException when there is none; the message lists those that are there
   */
  public static ExportFormat of(String name) {
    return all().stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ExportException(
                    "format '"
                        + name
                        + "' is not known; known: "
                        + String.join(", ", names())
                        + (name.equals("onnx") ? "; fix: add the artifact org.kt4j:kt-onnx" : "")));
  }

  /**
   * The format of the model in a folder.
   *
   * @throws ModelException when it holds none
   */
  public static ExportFormat in(Path folder) {
    return all().stream()
        .filter(format -> format.isIn(folder))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    folder,
                    Files.isDirectory(folder)
                        ? "holds no exported model ("
                            + String.join(" or ", files())
                            + "); fix: give the folder of an export"
                        : "is no folder; fix: give the folder of an export"));
  }
}
