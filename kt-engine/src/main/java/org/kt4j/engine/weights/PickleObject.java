package org.kt4j.engine.weights;

import java.util.Map;

/** An object of a class that is not known here: its name, and the state that it was given. */
final class PickleObject {

  private final String type;
  private Map<?, ?> state = Map.of();

  /**
   * An object.
   *
   * @param type the class, or what was called for it
   */
  PickleObject(String type) {
    this.type = type;
  }

  String type() {
    return type;
  }

  /** Its attributes. */
  Map<?, ?> state() {
    return state;
  }

  void give(Object given) {
    // (attributes, slots) where the class has slots.
    Object attributes =
        given instanceof PickleTuple pair && !pair.items().isEmpty() ? pair.items().get(0) : given;
    if (attributes instanceof Map<?, ?> map) {
      state = map;
    }
  }

  /** Whether it is a module of PyTorch, whole: layers and code, not their weights alone. */
  boolean isModule() {
    return state.containsKey("_modules") && state.containsKey("_parameters");
  }
}
