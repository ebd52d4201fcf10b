package org.kt4j.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;

/** A record class seen as keys with types: the reflection that binding and writing share. */
final class RecordShape<R extends Record> {

  private final Class<R> type;
  private final List<Component> components;

  private RecordShape(Class<R> type) {
    this.type = type;
    List<Component> list = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      list.add(new Component(component));
    }
    this.components = List.copyOf(list);
  }

  static <R extends Record> RecordShape<R> of(Class<R> type) {
    return new RecordShape<>(type);
  }

  /** The shape of a value's own class. */
  static RecordShape<?> of(Record value) {
    return of(value.getClass());
  }

  List<Component> components() {
    return components;
  }

  /** What may stand in a map of this record; the keys of an inlined record are among them. */
  List<String> keys() {
    return components.stream()
        .flatMap(
            component ->
                component.inline()
                    ? of(component.recordType()).keys().stream()
                    : Stream.of(component.key()))
        .toList();
  }

  /** Calls the canonical constructor; what the constructor throws comes out as it is. */
  R create(Collection<@Nullable Object> values) {
    Class<?>[] parameters =
        components.stream().map(c -> TypeWords.raw(c.type())).toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      throw unwrapped(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create a " + type.getName(), e);
    }
  }

  /** The record's own defaults, when it has a static method {@code defaults()}. */
  Optional<R> defaults() {
    try {
      Method method = type.getDeclaredMethod("defaults");
      if (!Modifier.isStatic(method.getModifiers()) || method.getReturnType() != type) {
        return Optional.empty();
      }
      method.setAccessible(true);
      return Optional.of(type.cast(method.invoke(null)));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (InvocationTargetException e) {
      throw unwrapped(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot call defaults() of " + type.getName(), e);
    }
  }

  /**
   * The default of one component, when the record has a static method for it, {@code
   * defaultBatchSize()} for {@code batchSize}: for records that are not complete without the file.
   */
  Optional<Object> defaultOf(Component component) {
    String name = component.name();
    String method = "default" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    try {
      Method found = type.getDeclaredMethod(method);
      found.setAccessible(true);
      return Optional.of(found.invoke(null));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (InvocationTargetException e) {
      throw unwrapped(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot call " + method + "() of " + type.getName(), e);
    }
  }

  private static RuntimeException unwrapped(InvocationTargetException e) {
    if (e.getCause() instanceof RuntimeException cause) {
      return cause;
    }
    if (e.getCause() instanceof Error cause) {
      throw cause;
    }
    return new IllegalStateException(e.getCause());
  }

  /** One component of a record. */
  static final class Component {

    private final RecordComponent component;
    private final String key;

    private Component(RecordComponent component) {
      this.component = component;
      this.key = KebabCase.ofComponent(component.getName());
      component.getAccessor().setAccessible(true);
    }

    /** The name as it stands in YAML. */
    String key() {
      return key;
    }

    String name() {
      return component.getName();
    }

    Type type() {
      return component.getGenericType();
    }

    boolean nullable() {
      return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** Whether its keys stand beside those of the record around it. */
    boolean inline() {
      return component.isAnnotationPresent(Inline.class);
    }

    /** The class of an inlined record. */
    Class<? extends Record> recordType() {
      return component.getType().asSubclass(Record.class);
    }

    String description() {
      Description description = component.getAnnotation(Description.class);
      return description == null ? "" : description.value();
    }

    @Nullable Object valueIn(Record value) {
      try {
        return component.getAccessor().invoke(value);
      } catch (InvocationTargetException e) {
        throw unwrapped(e);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }
  }
}
