package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * A file format of exported models. That of TensorFlow is part of the engine; others are found by
 * {@link java.util.ServiceLoader}.
 */
public interface ExportFormat {

  /** What options name it by: {@code onnx}. */
  String name();

  /** The name of the file that is the model. */
  String file();

  /** The names of the files that it may write. */
  Set<String> files();

  /**
   * What DJL reads of a model's folder to run it: its engine, that engine's options, and how it
   * makes batches.
   *
   * @param signature the name of the signature that DJL's translator uses
   * @return lines of {@value ExportFolder#SERVING}
   */
  List<String> serving(String signature);

  /**
   * Writes a model.
   *
   * @param model in single precision, with the signature {@code serving_default}
   * @param options of the export
   * @param about what else the file says, and on what it is calibrated
   * @param folder that is there
   * @throws ExportException when the model cannot be written so; the message says why
   */
  void write(ServingModel model, ExportOptions options, ExportDetails about, Path folder)
      throws IOException;

  /**
   * Checks that models of this format can be run here, as every export is once it is written.
   *
   * @param folder of such a model, for the message
   * @throws org.kt4j.engine.model.ModelException when what runs it is not on the class path
   */
  void requireRuntime(Path folder);

  /** Whether a folder holds a model of this format. */
  boolean isIn(Path folder);

  /**
   * The inputs and outputs of a model.
   *
   * @throws org.kt4j.engine.model.ModelException when it cannot be read
   */
  ModelPorts ports(Path folder);

  /**
   * Loads a model; the caller closes it. The files are not needed afterwards.
   *
   * @throws org.kt4j.engine.model.ModelException when it cannot be read, or what runs it is not on
   *     the class path
   */
  ExportRunner open(Path folder);
}
