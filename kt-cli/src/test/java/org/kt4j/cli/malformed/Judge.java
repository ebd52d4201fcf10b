package org.kt4j.cli.malformed;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a command should not have printed or done. */
final class Judge {

  private static final Pattern STACK_TRACE =
      Pattern.compile(
          "^\\s+at [\\w.$/]+\\([^)]*\\)|^Caused by: |Exception in thread", Pattern.MULTILINE);
  private static final Pattern OF_JAVA =
      Pattern.compile(
          "\\b(?:org\\.kt4j|java[.](?:lang|util|io|nio)|com\\.fasterxml|com\\.google|ai\\.djl"
              + "|ai\\.onnxruntime|org\\.tensorflow|org\\.yaml|org\\.xml|sun)\\.[\\w.$]*\\b[A-Z]\\w+"
              + "|\\b[A-Z]\\w*(?:Exception|Error)\\b"
              + "|\\(`StreamReadFeature|REDACTED");

  private Judge() {}

  /** What is wrong with the end of a case; empty if nothing is. */
  static List<String> findings(Case tried, int code, String out, String err) {
    List<String> findings = new ArrayList<>();
    String printed = out + "\n" + err;
    if (code < 0 || code > 2) {
      findings.add("exit code " + code);
    }
    if (tried.wrong() && code == 0) {
      findings.add("was accepted, and is certainly wrong");
    }
    if (tried.wrong() && code != 0 && !tried.codes().contains(code)) {
      findings.add("exit code " + code + "; expected: " + tried.codes());
    }
    if (code != 0 && printed.isBlank()) {
      findings.add("was refused without a word");
    }
    if (printed.contains("this should not happen")) {
      findings.add("an internal error");
    }
    if (STACK_TRACE.matcher(printed).find()) {
      findings.add("a stack trace");
    }
    Matcher ofJava = OF_JAVA.matcher(printed);
    if (ofJava.find()) {
      findings.add("words of Java: " + ofJava.group());
    }
    return findings;
  }
}
