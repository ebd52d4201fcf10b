package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes records as trees that {@link RecordBinder} reads back as equal records. */
public final class RecordWriter {

  private final Map<Class<?>, CustomBinding<?>> customs;

  RecordWriter(Map<Class<?>, CustomBinding<?>> customs) {
    this.customs = customs;
  }

  /**
   * A record with every key, defaults included. A null is left out, unless the key has another
   * default and leaving it out would bring that one back.
   *
   * @param value the record
   * @param initial what the reader will start from; null for the record's own {@code defaults()}
   */
  public ObjectNode write(Record value, @Nullable Record initial) {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    RecordShape<?> shape = RecordShape.of(value);
    Record base = initial == null ? shape.defaults().orElse(null) : initial;
    for (RecordShape.Component component : shape.components()) {
      Object part = component.valueIn(value);
      Object basePart = base == null ? null : component.valueIn(base);
      if (component.inline() && part instanceof Record inlined) {
        map.setAll(write(inlined, (Record) basePart));
      } else if (part != null) {
        map.set(component.key(), node(part, component.type(), basePart));
      } else if (basePart != null) {
        map.putNull(component.key());
      }
    }
    return map;
  }

  JsonNode node(Object value, Type type, @Nullable Object initial) {
    CustomBinding<?> custom = customs.get(TypeWords.raw(type));
    if (custom != null) {
      return custom(custom, value, initial);
    }
    if (value instanceof Record nested) {
      return write(nested, (Record) initial);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(element -> array.add(node(element, TypeWords.argument(type, 0), null)));
      return array;
    }
    if (value instanceof Map<?, ?> entries) {
      ObjectNode map = JsonNodeFactory.instance.objectNode();
      entries.forEach(
          (key, element) ->
              map.set(String.valueOf(key), node(element, TypeWords.argument(type, 1), null)));
      return map;
    }
    if (value instanceof Enum<?> constant) {
      return TextNode.valueOf(KebabCase.ofConstant(constant));
    }
    if (value instanceof String || value instanceof Path) {
      return TextNode.valueOf(value.toString());
    }
    if (value instanceof Boolean flag) {
      return BooleanNode.valueOf(flag);
    }
    if (value instanceof Integer number) {
      return IntNode.valueOf(number);
    }
    if (value instanceof Long number) {
      return LongNode.valueOf(number);
    }
    if (value instanceof Double number) {
      return decimal(number);
    }
    throw RecordBinder.unsupported(type);
  }

  @SuppressWarnings("unchecked") // RecordBinder.Builder pairs each class with a binding of it.
  private <T> JsonNode custom(CustomBinding<T> binding, Object value, @Nullable Object initial) {
    return binding.write((T) value, (T) initial, this);
  }

  /** A number: 1.0E-4 is written 0.0001; only very small and very large ones have an exponent. */
  public static JsonNode decimal(double number) {
    double size = Math.abs(number);
    boolean plain = (size >= 1e-6 && size < 1e-3) || (size >= 1e7 && size < 1e12);
    return plain
        ? DecimalNode.valueOf(BigDecimal.valueOf(number).stripTrailingZeros())
        : DoubleNode.valueOf(number);
  }
}
