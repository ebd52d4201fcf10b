package org.kt4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads paths. An empty one would be the current folder, which nobody means who gives {@code
 * "$FOLDER"} without a value for it.
 */
final class PathArgument implements ITypeConverter<Path> {

  @Override
  public Path convert(String value) {
    if (value.isBlank()) {
      throw new TypeConversionException("is empty");
    }
    try {
      return read(value);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(FileProblem.invalid(e));
    }
  }

  /** Why a text is no path here; empty where it is one. */
  static Optional<String> problem(String value) {
    try {
      read(value);
      return Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of(FileProblem.invalid(e));
    }
  }

  private static Path read(String value) {
    return Path.of(value);
  }
}
