package org.kt4j.engine.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a record needs: every component that is neither {@link Nullable} nor {@link MayBeMissing},
 * and no {@code null} in lists and maps whose elements are not {@link Nullable}.
 */
final class StrictRecords extends JacksonAnnotationIntrospector {

  private static final long serialVersionUID = 1;

  @Override
  public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
    return ofRecord(member).map(type -> !mayBeAbsent(member, type)).orElse(null);
  }

  @Override
  public JsonSetter.Value findSetterInfo(Annotated annotated) {
    return ofRecord(annotated)
        .map(
            type ->
                JsonSetter.Value.construct(
                    mayBeAbsent(annotated, type) ? Nulls.SET : Nulls.FAIL,
                    hasNullableElements(type) ? Nulls.SET : Nulls.FAIL))
        .orElseGet(() -> super.findSetterInfo(annotated));
  }

  /** The type of a parameter from which a record is made, with its annotations. */
  private static Optional<AnnotatedType> ofRecord(Annotated annotated) {
    if (!(annotated instanceof AnnotatedParameter parameter)
        || !parameter.getDeclaringClass().isRecord()
        || !(parameter.getOwner().getAnnotated() instanceof Executable maker)) {
      return Optional.empty();
    }
    return Optional.of(maker.getAnnotatedParameterTypes()[parameter.getIndex()]);
  }

  private static boolean mayBeAbsent(Annotated annotated, AnnotatedType type) {
    return isNullable(type) || annotated.hasAnnotation(MayBeMissing.class);
  }

  private static boolean isNullable(AnnotatedElement type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  private static boolean hasNullableElements(AnnotatedType type) {
    return elements(type).anyMatch(each -> isNullable(each) || hasNullableElements(each));
  }

  private static Stream<AnnotatedType> elements(AnnotatedType type) {
    if (type instanceof AnnotatedParameterizedType parameterized) {
      return Arrays.stream(parameterized.getAnnotatedActualTypeArguments());
    }
    if (type instanceof AnnotatedArrayType array) {
      return Stream.of(array.getAnnotatedGenericComponentType());
    }
    return Stream.empty();
  }
}
