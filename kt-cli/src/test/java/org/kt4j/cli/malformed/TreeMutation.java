package org.kt4j.cli.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.kt4j.cli.malformed.Change.Damage;

/**
 * One value or key of a JSON file is another one. JSON is YAML as well, so configurations that are
 * written as JSON are spoiled in the same way.
 *
 * @param values what may take a value's place
 * @param minded the places where a value of another kind, or its absence, is an error; elsewhere it
 *     may be passed over
 * @param strict whether a key that is not known is an error
 */
record TreeMutation(List<HostileValue> values, Predicate<String> minded, boolean strict)
    implements Mutation {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a configuration: every key is minded. */
  static TreeMutation yaml() {
    List<HostileValue> values =
        Stream.concat(HostileValue.OF_JSON.stream(), HostileValue.OF_YAML.stream()).toList();
    return new TreeMutation(values, pointer -> true, true);
  }

  /** Of a file of data, of which programs read a part. */
  static TreeMutation json(Predicate<String> minded) {
    return new TreeMutation(HostileValue.OF_JSON, minded, false);
  }

  /** A value, and where it stands. */
  private record Place(ContainerNode<?> parent, String key, String pointer, JsonNode value) {

    void set(JsonNode instead) {
      if (parent instanceof ObjectNode object) {
        object.set(key, instead);
      } else if (parent instanceof ArrayNode list) {
        list.set(Integer.parseInt(key), instead);
      }
    }

    void remove() {
      if (parent instanceof ObjectNode object) {
        object.remove(key);
      } else if (parent instanceof ArrayNode list) {
        list.remove(Integer.parseInt(key));
      }
    }
  }

  @Override
  public Change apply(Path file, Dice dice) throws IOException {
    JsonNode root = JSON.readTree(file.toFile());
    List<Place> places = new ArrayList<>();
    collect(root, "", places);
    Place place = dice.one(places);
    Change change =
        switch (dice.below(8)) {
          case 0 -> removed(place);
          case 1 ->
              place.value() instanceof ObjectNode object ? unknown(place, object) : removed(place);
          case 2 -> renamed(place);
          default -> replaced(place, dice.one(values));
        };
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
    return new Change(
        file.getFileName() + ": " + place.pointer() + " " + change.what(), change.damage());
  }

  private Change replaced(Place place, HostileValue value) {
    place.set(JSON.getNodeFactory().rawValueNode(new RawValue(value.token())));
    boolean wrong =
        value.wrongFor().contains(Kind.of(place.value(), place.pointer()))
            && minded.test(place.pointer());
    return new Change("is " + value.what(), wrong ? Damage.WRONG_VALUE : Damage.OTHER_VALUE);
  }

  private static Change removed(Place place) {
    place.remove();
    return new Change("is gone", Damage.OTHER_VALUE);
  }

  private Change unknown(Place place, ObjectNode object) {
    object.put("no-such-key", 1);
    return new Change(
        "has the key no-such-key",
        strict && minded.test(place.pointer()) ? Damage.WRONG_VALUE : Damage.OTHER_VALUE);
  }

  private Change renamed(Place place) {
    if (!(place.parent() instanceof ObjectNode object)) {
      return removed(place);
    }
    object.remove(place.key());
    object.set(place.key().toUpperCase(Locale.ROOT), place.value());
    return new Change(
        "is in upper case",
        strict && minded.test(place.pointer()) ? Damage.WRONG_VALUE : Damage.OTHER_VALUE);
  }

  private static void collect(JsonNode node, String pointer, List<Place> places) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(each -> collect(object, each.getKey(), pointer, each.getValue(), places));
    } else if (node instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        collect(list, Integer.toString(i), pointer, list.get(i), places);
      }
    }
  }

  private static void collect(
      ContainerNode<?> parent, String key, String above, JsonNode value, List<Place> places) {
    String pointer = above.isEmpty() ? key : above + "." + key;
    places.add(new Place(parent, key, pointer, value));
    collect(value, pointer, places);
  }
}
