package org.kt4j.engine.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.teacher.NpyNumbers;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/** The dictionaries of weights in what {@code torch.save} wrote. */
final class StateDictionaries {

  /** Dictionaries in dictionaries, from the outermost: {@code checkpoint['model']['net']}. */
  private static final int DEEPEST = 3;

  /** All tensors together have no more numbers than this, for each byte of their file. */
  private static final double NUMBERS_PER_BYTE = 4;

  private static final double SMALL = 1 << 26;

  private final String source;
  private final TorchContent content;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<StateDictionary> found = new ArrayList<>();
  private final Map<String, String> modules = new LinkedHashMap<>();
  private double numbers;

  private StateDictionaries(String source, TorchContent content) {
    this.source = source;
    this.content = content;
  }

  /**
   * The dictionaries that hold tensors, in the order of the file.
   *
   * @param bytes of the file
   * @throws WeightsException when there are none
   */
  static List<StateDictionary> of(String source, TorchContent content, long bytes) {
    StateDictionaries all = new StateDictionaries(source, content);
    all.visit("", content.root(), 0);
    if (all.numbers > Math.max(SMALL, NUMBERS_PER_BYTE * bytes)) {
      throw all.wrong(
          "has tensors that together have more than "
              + (int) NUMBERS_PER_BYTE
              + " numbers for each byte of the file; fix: value.clone() of each before torch.save");
    }
    if (all.found.isEmpty()) {
      throw all.nothing();
    }
    return all.found;
  }

  private void visit(String path, Object value, int depth) {
    if (value instanceof PickleObject object && object.isModule()) {
      modules.put(path, object.type());
    }
    if (!(value instanceof Map<?, ?> map) || depth > DEEPEST || !seen.add(map)) {
      return;
    }
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey() instanceof String name) {
        if (entry.getValue() instanceof TorchTensor tensor) {
          StoredArrays.add(source, name, tensor, content.storages(), arrays, others);
          numbers += tensor.count();
        } else if (entry.getValue() instanceof PickleObject object) {
          others.put(name, NpyNumbers.PYTORCH + "an object of " + object.type());
        }
      }
    }
    StateDictionary dictionary = new StateDictionary(path, arrays, others);
    if (dictionary.arraysWithAxes() > 0) {
      found.add(dictionary);
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey() instanceof String name) {
        visit(path.isEmpty() ? name : path + "." + name, entry.getValue(), depth + 1);
      }
    }
  }

  private WeightsException nothing() {
    if (!modules.isEmpty()) {
      Map.Entry<String, String> first = modules.entrySet().iterator().next();
      String key = first.getKey();
      String model = key.isEmpty() ? "model" : "checkpoint['" + key + "']";
      return wrong(
          "holds a whole model, that is its Python code by name ("
              + (key.isEmpty() ? "" : key + ": ")
              + first.getValue()
              + "), and not its weights alone; fix: in Python, where it can be loaded, torch.save("
              + model
              + ".state_dict(), 'weights.pt')");
    }
    String what =
        content.root() instanceof PickleObject object
            ? "an object of " + object.type()
            : content.root() instanceof Map<?, ?> map
                ? "a dictionary of " + map.size() + " entries without a tensor"
                : content.root() instanceof TorchTensor
                    ? "a single tensor"
                    : content.root() instanceof List<?> list
                        ? "a list of " + list.size() + " values"
                        : "a value";
    return wrong(
        "holds "
            + what
            + " where weights by name are expected; fix: in Python, torch.save(model.state_dict(),"
            + " 'weights.pt')");
  }

  private WeightsException wrong(String problem) {
    return new WeightsException(source, problem, null);
  }
}
