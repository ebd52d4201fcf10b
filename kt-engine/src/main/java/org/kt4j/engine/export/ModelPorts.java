package org.kt4j.engine.export;

import java.util.List;
import java.util.Optional;

/**
 * The inputs and outputs of a model in a file.
 *
 * @param inputs what it takes
 * @param outputs what it gives
 * @param others what a message says when these are not those of an export of ours
 */
public record ModelPorts(
    List<ServingModel.Port> inputs, List<ServingModel.Port> outputs, String others) {

  /** Keeps copies. */
  public ModelPorts {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** What there is, in words: {@code it has: ...}. */
  public String described() {
    return others.substring(Math.max(0, others.indexOf("it ")));
  }

  /** An input by its name. */
  public Optional<ServingModel.Port> input(String key) {
    return inputs.stream().filter(port -> port.key().equals(key)).findFirst();
  }

  /** An output by its name. */
  public Optional<ServingModel.Port> output(String key) {
    return outputs.stream().filter(port -> port.key().equals(key)).findFirst();
  }
}
