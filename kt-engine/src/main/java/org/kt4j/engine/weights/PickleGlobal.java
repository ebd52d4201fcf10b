package org.kt4j.engine.weights;

/** A class or function that a pickle names. It is a name here and nothing else. */
record PickleGlobal(String module, String name) {

  /** As Python writes it: {@code collections.OrderedDict}. */
  String qualified() {
    return module + "." + name;
  }
}
