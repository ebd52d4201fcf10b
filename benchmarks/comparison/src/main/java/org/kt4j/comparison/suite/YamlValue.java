package org.kt4j.comparison.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;
import org.kt4j.engine.json.Json;

/**
 * Something in a suite that only the experiment which it is put into can judge: a number, a list of
 * terms.
 *
 * @param json the value as JSON, which is YAML
 */
record YamlValue(String json) {

  /** For people: without the quotes of JSON. */
  @Override
  public String toString() {
    return json.replaceAll("\":", "\": ").replace("\"", "");
  }

  /** Takes whatever stands there. */
  static final class Binding implements CustomBinding<YamlValue> {

    @Override
    public boolean takesNothing() {
      return true;
    }

    @Override
    public Optional<YamlValue> bind(
        JsonNode node, @Nullable YamlValue initial, BindingContext context) {
      return Optional.of(new YamlValue(node.toString()));
    }

    @Override
    public JsonNode write(YamlValue value, @Nullable YamlValue initial, RecordWriter writer) {
      try {
        return Json.tree(value.json());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a value that was read cannot be read", e);
      }
    }
  }
}
