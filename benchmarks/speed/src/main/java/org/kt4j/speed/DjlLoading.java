package org.kt4j.speed;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.Translator;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kt4j.models.ModelEngine;

/** Exports as DJL loads them. */
final class DjlLoading {

  private DjlLoading() {}

  /**
   * Loads a SavedModel; the caller closes it.
   *
   * @param folder of the export
   * @param translator null for that of the folder
   */
  static <I, O> ZooModel<I, O> of(
      Path folder, Class<I> input, Class<O> output, @Nullable Translator<I, O> translator) {
    return loaded(ModelEngine.TENSORFLOW, folder, input, output, translator);
  }

  /**
   * To be called before the first session of ONNX Runtime in a process that uses DJL's engine as
   * well: DJL makes the one environment of the process with settings of its own, and cannot start
   * when there is one already.
   */
  static void startOnnx() {
    ModelEngine.ONNX_RUNTIME.start(Path.of("ONNX"));
  }

  /** Loads the model of an ONNX export that takes batches; the caller closes it. */
  static ZooModel<NDList, NDList> ofOnnx(Path folder) {
    return loaded(
        ModelEngine.ONNX_RUNTIME,
        folder.resolve("model.onnx"),
        NDList.class,
        NDList.class,
        new NoopTranslator());
  }

  private static <I, O> ZooModel<I, O> loaded(
      ModelEngine engine,
      Path model,
      Class<I> input,
      Class<O> output,
      @Nullable Translator<I, O> translator) {
    engine.start(model);
    Criteria.Builder<I, O> criteria =
        Criteria.builder().setTypes(input, output).optModelPath(model).optEngine(engine.djlName());
    if (translator != null) {
      criteria.optTranslator(translator);
    }
    try {
      return criteria.build().loadModel();
    } catch (IOException | ModelNotFoundException | MalformedModelException e) {
      throw new IllegalStateException(e);
    }
  }
}
