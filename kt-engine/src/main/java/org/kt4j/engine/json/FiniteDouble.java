package org.kt4j.engine.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads finite numbers, and the text {@code "NaN"} where it {@linkplain MayBeNaN is expected}. */
final class FiniteDouble extends StdScalarDeserializer<Double> implements ContextualDeserializer {

  private static final long serialVersionUID = 1;

  private static final String NAN = "NaN";

  private final boolean undefined;

  FiniteDouble(boolean undefined) {
    super(Double.class);
    this.undefined = undefined;
  }

  @Override
  public JsonDeserializer<?> createContextual(
      DeserializationContext context, @Nullable BeanProperty property) {
    return new FiniteDouble(property != null && property.getAnnotation(MayBeNaN.class) != null);
  }

  @Override
  public Double deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    if (undefined && parser.hasToken(JsonToken.VALUE_STRING) && NAN.equals(parser.getText())) {
      return Double.NaN;
    }
    if (parser.currentToken().isNumeric() && Double.isFinite(parser.getDoubleValue())) {
      return parser.getDoubleValue();
    }
    return (Double) context.handleUnexpectedToken(Double.class, parser);
  }
}
