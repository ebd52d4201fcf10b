package org.kt4j.onnx.translate;

import org.kt4j.engine.export.ExportException;

/** What is said of operations that have no translation. */
final class Untranslatable {

  private Untranslatable() {}

  /**
   * An operation cannot be translated.
   *
   * @param operation what it does
   * @param node its name
   * @param reason continues the sentence
   */
  static ExportException because(String operation, String node, String reason) {
    return new ExportException(
        "ONNX: the operation "
            + operation
            + " ('"
            + node
            + "') "
            + reason
            + "; fix: build the network from the layers of kt4j or from other operations, or"
            + " export it as a SavedModel");
  }
}
