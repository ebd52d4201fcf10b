import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes {@code licenses/README}: each JAR that is not ours, its licence, and where its text is.
 * Fails on one whose licence nobody knows. Run from source by the build; its arguments are the bill
 * of materials, the folder of licences, and licenses.properties.
 */
final class LicensePage {

  private static final String APACHE = "Apache-2.0";

  private LicensePage() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    Properties known = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(arguments[2]))) {
      known.load(in);
    }
    Map<String, String> lines = new TreeMap<>();
    List<String> unknown = new ArrayList<>();
    for (JsonNode each :
        new ObjectMapper().readTree(Files.readString(Path.of(arguments[0]))).path("components")) {
      if (!each.path("group").asText().equals("org.kt4j")) {
        String name = each.path("name").asText();
        String jar = name + "-" + each.path("version").asText();
        String line = line(folder, jar, known.getProperty(name), each.path("licenses").toString());
        if (line.isEmpty()) {
          unknown.add(jar + ": " + each.path("licenses"));
        }
        lines.put(jar, line);
      }
    }
    if (!unknown.isEmpty()) {
      System.err.println(
          "The JARs of these hold no licence, and it is not Apache-2.0; add them to "
              + arguments[2]
              + ":");
      unknown.forEach(System.err::println);
      System.exit(1);
    }
    Files.writeString(
        folder.resolve("README"),
        "The JARs of lib/ that are not of kt4j, and their licences. Folders hold what was in the"
            + " JARs.\n\n"
            + String.join("\n", lines.values())
            + "\n");
  }

  /** Empty when the licence is not known. */
  private static String line(Path folder, String jar, String known, String ofPom)
      throws IOException {
    Path own = folder.resolve(jar + "-jar");
    boolean hasOwn = Files.isDirectory(own) && holdsFiles(own);
    String where = hasOwn ? "; " + own.getFileName() + "/" : "";
    if (known != null) {
      String[] parts = known.split("; ", 2);
      Path text = folder.resolve("texts/" + parts[0] + ".txt");
      return jar
          + ": "
          + parts[0]
          + (parts[1].equals("-") ? "" : ", " + parts[1])
          + (Files.exists(text) ? "; texts/" + text.getFileName() : "")
          + where;
    }
    if (ofPom.contains('"' + APACHE + '"')) {
      return jar + ": " + APACHE + "; ../LICENSE" + where;
    }
    return hasOwn ? jar + ": its own" + where : "";
  }

  private static boolean holdsFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.anyMatch(Files::isRegularFile);
    }
  }
}
