package org.kt4j.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** What is wrong with a command line, as sentences. */
final class Misuse {

  private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

  private Misuse() {}

  /** Has paths and other texts read so that empty ones are refused. */
  static void refuseEmpty(CommandLine line) {
    line.registerConverter(Path.class, new PathArgument());
    line.registerConverter(
        String.class,
        value -> {
          if (value.isBlank()) {
            throw new TypeConversionException("is empty");
          }
          return value;
        });
  }

  /** The place, the value, and what is allowed there. */
  static String sentence(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.MissingParameterException missing
        && !missing.getMissing().isEmpty()) {
      return missing.getMissing().stream().map(Misuse::missing).collect(Collectors.joining("; "));
    }
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(unmatched, e.getCommandLine());
    }
    if (e instanceof CommandLine.OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + ": is given more than once; allowed: once";
    }
    if (e instanceof CommandLine.MutuallyExclusiveArgsException) {
      Set<String> names = new TreeSet<>();
      OPTION.matcher(String.valueOf(e.getMessage())).results().forEach(r -> names.add(r.group()));
      return String.join(" and ", names) + ": exclude each other; allowed: one of them";
    }
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    return argument == null || value == null
        ? String.valueOf(e.getMessage())
        : name(argument) + ": " + wrong(argument, value);
  }

  private static String missing(ArgSpec argument) {
    return argument.isOption()
        ? name(argument) + ": its value is missing; allowed: " + allowed(argument, null)
        : name(argument) + ": is missing; it is: " + description(argument);
  }

  private static String unmatched(CommandLine.UnmatchedArgumentException e, CommandLine command) {
    String first = e.getUnmatched().get(0);
    String name = command.getCommandSpec().qualifiedName();
    if (first.isBlank()) {
      return "an argument is empty: " + name + takes(command);
    }
    if (e.isUnknownOption()) {
      return first + ": is no option of " + name;
    }
    Set<String> commands = new TreeSet<>(command.getSubcommands().keySet());
    return commands.isEmpty()
        ? "'" + first + "' is too much: " + name + takes(command)
        : "'" + first + "' is no command of " + name + "; allowed: " + String.join(", ", commands);
  }

  private static String takes(CommandLine command) {
    List<String> labels =
        command.getCommandSpec().positionalParameters().stream().map(ArgSpec::paramLabel).toList();
    return labels.isEmpty()
        ? " takes nothing but options"
        : " takes " + String.join(", ", labels) + " and options";
  }

  private static String wrong(ArgSpec argument, String value) {
    if (type(argument) == Path.class) {
      Optional<String> problem = PathArgument.problem(value);
      if (problem.isPresent()) {
        return problem.get();
      }
    }
    if (type(argument) == boolean.class) {
      return "takes no value, and '" + value + "' is given";
    }
    if (value.isBlank()) {
      return "is empty; "
          + (argument.isOption()
              ? "allowed: " + allowed(argument, null)
              : "it is: " + description(argument));
    }
    return "'" + value + "' is not allowed; allowed: " + allowed(argument, value);
  }

  private static String allowed(ArgSpec argument, @Nullable String value) {
    Class<?> type = type(argument);
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(each -> each.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", "));
    }
    if (type == int.class || type == Integer.class) {
      return "a whole number" + upTo(value, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return "a whole number" + upTo(value, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return argument.paramLabel();
  }

  /** Said only to whom it helps. */
  private static String upTo(@Nullable String value, long largest) {
    return value != null && value.matches("[+-]?\\d+") ? " up to " + largest : "";
  }

  /** Of the elements, for a list. */
  private static Class<?> type(ArgSpec argument) {
    Class<?>[] elements = argument.auxiliaryTypes();
    return argument.isMultiValue() && elements.length > 0 ? elements[0] : argument.type();
  }

  private static String description(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    String begin = text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    return Character.isUpperCase(text.charAt(1))
        ? text.replaceFirst("[.]$", "")
        : begin.replaceFirst("[.]$", "");
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
