package org.kt4j.cli;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds classes that are public without need. */
final class PublicClasses {

  private PublicClasses() {}

  /**
   * Public classes of a package that no class of another package uses: none calls them, extends
   * them or names them, and they do not stand in what is public of a class that is used.
   *
   * @param all every class that may use them, tests included
   * @param name of the package
   * @param needed names of classes that count as used
   * @return their names
   */
  static List<String> unused(JavaClasses all, String name, Set<String> needed) {
    List<JavaClass> own = all.stream().filter(each -> each.getPackageName().equals(name)).toList();
    Set<JavaClass> used = new LinkedHashSet<>();
    for (JavaClass each : own) {
      if (needed.contains(each.getName())) {
        used.add(each);
      }
      each.getDirectDependenciesToSelf().stream()
          .filter(use -> !use.getOriginClass().getPackageName().equals(name))
          .forEach(use -> used.add(outermost(each)));
    }
    Deque<JavaClass> left = new ArrayDeque<>(used);
    while (!left.isEmpty()) {
      JavaClass next = left.pop();
      own.stream()
          .filter(each -> outermost(each).equals(next))
          .filter(PublicClasses::isVisible)
          .flatMap(PublicClasses::shown)
          .map(PublicClasses::outermost)
          .filter(each -> each.getPackageName().equals(name))
          .filter(used::add)
          .forEach(left::push);
    }
    return own.stream()
        .filter(each -> each.isTopLevelClass() && isVisible(each) && !used.contains(each))
        .map(JavaClass::getName)
        .sorted()
        .toList();
  }

  private static JavaClass outermost(JavaClass given) {
    JavaClass found = given.getBaseComponentType();
    while (found.getEnclosingClass().isPresent()) {
      found = found.getEnclosingClass().get();
    }
    return found;
  }

  private static boolean isVisible(JavaClass each) {
    return each.getModifiers().contains(JavaModifier.PUBLIC);
  }

  /** The types of what others can call, read, implement or catch. */
  private static Stream<JavaClass> shown(JavaClass each) {
    Stream<JavaClass> above =
        Stream.concat(each.getRawSuperclass().stream(), each.getRawInterfaces().stream());
    return Stream.concat(
        above,
        each.getMembers().stream().filter(PublicClasses::isVisible).flatMap(PublicClasses::types));
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaClass> types(JavaMember member) {
    if (member instanceof JavaField field) {
      return field.getType().getAllInvolvedRawTypes().stream();
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    return Stream.of(
            unit.getReturnType().getAllInvolvedRawTypes().stream(),
            unit.getParameterTypes().stream().flatMap(t -> t.getAllInvolvedRawTypes().stream()),
            unit.getThrowsClause().getTypes().stream())
        .flatMap(types -> types);
  }
}
