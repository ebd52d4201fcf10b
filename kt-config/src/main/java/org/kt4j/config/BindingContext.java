package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** What a {@link CustomBinding} works with: the place in the file, its problems, and the binder. */
public final class BindingContext {

  private final RecordBinder binder;
  private final Problems problems;
  private final Place place;
  private final String description;

  BindingContext(RecordBinder binder, Problems problems, Place place) {
    this(binder, problems, place, "");
  }

  private BindingContext(RecordBinder binder, Problems problems, Place place, String description) {
    this.binder = binder;
    this.problems = problems;
    this.place = place;
    this.description = description;
  }

  /** The same at a component of a record, whose description has the range. */
  BindingContext at(RecordShape.Component component) {
    return new BindingContext(
        binder, problems, place.key(component.key()), component.description());
  }

  /** What the option here means, with its range, in parentheses behind a space; or empty. */
  String meaning() {
    return description.isEmpty() ? "" : " (" + description + ")";
  }

  /** Where this is, such as {@code phases[0].objective[1]}; empty at the top. */
  public String place() {
    return place.text();
  }

  /** The same at a key of the map here. */
  public BindingContext at(String key) {
    return new BindingContext(binder, problems, place.key(key));
  }

  /** The same at an entry of the map here, which is a value of an option. */
  BindingContext entry(String key) {
    return new BindingContext(binder, problems, place.key(key), description);
  }

  /** The same at an element of the list here. */
  public BindingContext at(int index) {
    return new BindingContext(binder, problems, place.index(index), description);
  }

  /** Reports what is wrong here. Binding goes on, to find the other problems. */
  public void problem(String detail) {
    problems.add(place, detail);
  }

  /**
   * Binds the map here to a record.
   *
   * @param node the map
   * @param defaults what applies to keys that are not given
   * @param otherKeys keys that may also stand in this map because somebody else binds them
   * @return the record; empty when problems were reported
   */
  public <R extends Record> Optional<R> bind(JsonNode node, R defaults, Set<String> otherKeys) {
    @SuppressWarnings("unchecked") // The class of an R, since records are final.
    Class<R> type = (Class<R>) defaults.getClass();
    return binder.record(node, type, defaults, otherKeys, this);
  }

  /**
   * Binds the map here to a record, starting from its own {@code defaults()}.
   *
   * @param node the map
   * @param type the record
   * @param otherKeys keys that may also stand in this map because somebody else binds them
   * @return the record; empty when problems were reported
   */
  public <R extends Record> Optional<R> bind(JsonNode node, Class<R> type, Set<String> otherKeys) {
    return binder.record(node, type, null, otherKeys, this);
  }
}
