package org.kt4j.cli;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a command asks its user, each question with an answer that is taken where none is given.
 *
 * @param terminal where it is asked
 * @param silent asks nothing and takes what is usual
 */
record Questions(Terminal terminal, boolean silent) {

  /**
   * A whole number.
   *
   * @param given on the command line, where nothing has to be asked; or null
   * @param usual what an empty answer means
   */
  int number(String question, @Nullable Integer given, int usual, int least, int most) {
    if (given != null) {
      return given;
    }
    return Integer.parseInt(
        text(
            question,
            Integer.toString(usual),
            "a whole number from " + least + " to " + most,
            answer ->
                answer.matches("[0-9]{1,6}")
                    && Integer.parseInt(answer) >= least
                    && Integer.parseInt(answer) <= most));
  }

  /**
   * Asks until the answer is allowed.
   *
   * @param usual what an empty answer means, or none
   * @param allowed says what is
   */
  String text(String question, String usual, String allowed, Predicate<String> isAllowed) {
    while (!silent) {
      String answer = terminal.ask(question + " [" + usual + "]: ").orElse("").strip();
      if (answer.isEmpty()) {
        break;
      }
      if (isAllowed.test(answer)) {
        return answer;
      }
      terminal.line("'" + answer + "' is not allowed; allowed: " + allowed);
    }
    return usual;
  }
}
