package org.kt4j.speed;

import ai.djl.MalformedModelException;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Translator;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kt4j.models.ModelEngine;

/** Exports as DJL loads them. */
final class DjlLoading {

  private DjlLoading() {}

  /**
   * Loads an export; the caller closes it.
   *
   * @param translator null for that of the folder
   */
  static <I, O> ZooModel<I, O> of(
      Path folder, Class<I> input, Class<O> output, @Nullable Translator<I, O> translator) {
    ModelEngine.TENSORFLOW.start(folder);
    Criteria.Builder<I, O> criteria =
        Criteria.builder().setTypes(input, output).optModelPath(folder);
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
