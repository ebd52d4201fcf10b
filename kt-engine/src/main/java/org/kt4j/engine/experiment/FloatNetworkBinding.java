package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.NamedBinding;
import org.kt4j.config.RecordWriter;

/** Binds a network that is not the student as a whole, such as its backbone. */
record FloatNetworkBinding(NamedBinding<NetworkConfig, ?> network)
    implements CustomBinding<NetworkConfig> {

  @Override
  public Optional<NetworkConfig> bind(
      JsonNode node, @Nullable NetworkConfig initial, BindingContext context) {
    for (String key : StudentConfig.TRAINED_WITH) {
      if (node.has(key)) {
        context
            .at(key)
            .problem(
                "is a key of the student, not of a network within it; fix: "
                    + switch (key) {
                      case StudentConfig.BINARY -> "leave it out";
                      case StudentConfig.MASK ->
                          "student: {mask: ...}, which masks all of it; mask.skip leaves layers out";
                      default -> "student: {" + key + ": ...}, which rounds all of it";
                    });
      }
    }
    return network.beside(Set.copyOf(StudentConfig.TRAINED_WITH)).bind(node, initial, context);
  }

  @Override
  public JsonNode write(NetworkConfig value, @Nullable NetworkConfig initial, RecordWriter writer) {
    return network.write(value, initial, writer);
  }
}
