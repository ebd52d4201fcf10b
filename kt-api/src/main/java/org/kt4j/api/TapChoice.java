package org.kt4j.api;

/** Which tap of a layer stands for it when layers are paired automatically. */
public enum TapChoice {
  /** Behind the activation function: {@code stage3}. */
  AFTER_ACTIVATION,
  /** In front of it: {@code stage3.pre-relu}. */
  BEFORE_ACTIVATION;

  boolean admits(String tap) {
    return tap.endsWith(Taps.PRE_RELU) == (this == BEFORE_ACTIVATION);
  }
}
