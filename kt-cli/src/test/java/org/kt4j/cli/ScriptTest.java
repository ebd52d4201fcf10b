package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code kt} in a checkout or an archive that holds nothing else, with a JVM and a Maven
 * that only tell how they were called.
 */
class ScriptTest {

  /** A JVM of the version in the file beside it. */
  private static final String JAVA =
      """
      #!/bin/sh
      case "$*" in
        *-XshowSettings*)
          echo 'asked' >>"$0.asked"
          echo "    java.specification.version = $(cat "$0.version")" >&2
          exit ;;
        *-XX:ArchiveClassesAtExit*) echo "$*" >>"$0.archived"; exit ;;
      esac
      echo "LC_ALL $LC_ALL"
      echo "folder $(pwd)"
      for each in "$@"; do echo "argument $each"; done
      """;

  /** Builds the folder of the JARs, in the checkout that it was told of. */
  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$@" >"$TOLD"
      while [ "$1" != -f ]; do shift; done
      mkdir -p "$(dirname "$2")/kt-cli/target/kt/lib"
      """;

  @TempDir private Path temporary;

  private final Map<String, String> environment = new TreeMap<>();
  private Path jvm;

  private record Called(int exitCode, String out, String err) {

    /** What stands behind {@code -cp}. */
    Path classPath() {
      return Path.of(
          out.lines()
              .dropWhile(l -> !l.equals("argument -cp"))
              .toList()
              .get(1)
              .substring("argument ".length()));
    }

    /** The folder of the JARs, without links. */
    Path jars() throws IOException {
      return Objects.requireNonNull(classPath().getParent()).toRealPath();
    }
  }

  @BeforeEach
  void an_environment() throws IOException {
    jvm = jvm("jdk", "17");
    environment.put("JAVA_HOME", jvm.toString());
    environment.put("HOME", Files.createDirectories(temporary.resolve("home")).toString());
    environment.put(
        "PATH", Files.createDirectories(temporary.resolve("bin")) + ":" + System.getenv("PATH"));
  }

  @Test
  void what_is_built_runs_where_the_user_is() throws Exception {
    Path checkout = built("checkout");

    Called called = kt(checkout.resolve("kt").toString(), "train", "a b.yaml");

    assertThat(called.err()).isEmpty();
    assertThat(called.exitCode()).isZero();
    assertThat(called.out())
        .contains("folder " + temporary.toRealPath() + "\n")
        .endsWith("argument org.kt4j.cli.Kt\nargument train\nargument a b.yaml\n");
    assertThat(called.classPath()).isEqualTo(checkout.resolve("kt-cli/target/kt/lib/*"));
  }

  @Test
  void who_holds_its_standard_input_is_told_to_kt_alone() throws Exception {
    Path checkout = built("checkout");
    environment.put("KT_PARENT", "4711");

    Called called = kt(checkout.resolve("kt").toString(), "train", "a.yaml");

    assertThat(called.out()).contains("argument -Dkt.parent=4711\n");
    assertThat(Files.readString(Path.of(jvm + "/bin/java.archived"))).doesNotContain("kt.parent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my #1 tools", "100 %41 'it's'", "-p", "$(id)", "a*b?[c]"})
  void the_path_of_a_checkout_may_hold_all_characters(String name) throws Exception {
    Path checkout = built(name);

    Called called = kt("./" + name + "/kt", "version");

    assertThat(called.err()).isEmpty();
    assertThat(called.classPath()).isEqualTo(checkout.resolve("kt-cli/target/kt/lib/*"));
  }

  @Test
  void a_class_path_cannot_hold_a_colon_so_the_checkout_gets_another_name() throws Exception {
    Path checkout = built("a:b");

    Called first = kt("a:b/kt", "version");
    Called second = kt("a:b/kt", "version");

    assertThat(first.err()).isEmpty();
    assertThat(first.classPath().toString()).doesNotContain(":").endsWith("kt-cli/target/kt/lib/*");
    assertThat(first.jars()).isEqualTo(checkout.toRealPath().resolve("kt-cli/target/kt/lib"));
    assertThat(second.out()).isEqualTo(first.out());
  }

  @Test
  void a_checkout_with_a_colon_is_built_by_its_other_name() throws Exception {
    Path checkout = checkout("a:b");
    Path told = mavenTells();

    Called called = kt("a:b/kt", "version");

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(Files.readString(told))
        .containsPattern("-f [^: ]+/pom[.]xml package --projects kt-cli --also-make");
    assertThat(checkout.resolve("kt-cli/target/kt/lib")).isDirectory();
  }

  @Test
  void CDPATH_changes_nothing() throws Exception {
    Path checkout = built("main");
    Files.createDirectories(temporary.resolve("elsewhere/main"));
    environment.put("CDPATH", temporary.resolve("elsewhere") + ":.");

    Called called = kt("main/kt", "version");

    assertThat(called.err()).isEmpty();
    assertThat(called.classPath()).isEqualTo(checkout.resolve("kt-cli/target/kt/lib/*"));
  }

  @Test
  void a_link_to_the_script_is_followed() throws Exception {
    Path checkout = built("checkout");
    Files.createSymbolicLink(temporary.resolve("bin/kt"), Path.of("../checkout/kt"));

    Called called = kt("bin/kt", "version");

    assertThat(called.jars()).isEqualTo(checkout.toRealPath().resolve("kt-cli/target/kt/lib"));
  }

  @Test
  void a_jvm_is_asked_for_its_version_once_and_each_has_an_archive_of_its_own() throws Exception {
    built("checkout");
    Path other = jvm("jdk-25", "25");

    kt("checkout/kt", "version");
    Called seventeen = kt("checkout/kt", "version");
    environment.put("JAVA_HOME", other.toString());
    kt("checkout/kt", "version");
    Called twentyFive = kt("checkout/kt", "version");

    assertThat(jvm.resolve("bin/java.asked")).hasContent("asked");
    assertThat(other.resolve("bin/java.asked")).hasContent("asked");
    assertThat(Files.readAllLines(jvm.resolve("bin/java.archived"))).hasSize(1);
    assertThat(Files.readAllLines(other.resolve("bin/java.archived"))).hasSize(1);
    assertThat(archive(seventeen)).isNotEqualTo(archive(twentyFive));
    assertThat(seventeen.out()).doesNotContain("native-access", "sun-misc");
    assertThat(twentyFive.out())
        .contains(
            "argument --enable-native-access=ALL-UNNAMED\n",
            "argument --sun-misc-unsafe-memory-access=allow\n");
  }

  @Test
  void what_cannot_be_kept_in_the_installation_is_asked_for_each_time() throws Exception {
    Path checkout = built("checkout");
    // Not even root can write a file where a folder is.
    Files.createDirectory(checkout.resolve("kt-cli/target/kt/java"));

    Called first = kt("checkout/kt", "version");
    Called second = kt("checkout/kt", "version");

    assertThat(first.err() + second.err()).isEmpty();
    assertThat(second.exitCode()).isZero();
    assertThat(Files.readAllLines(jvm.resolve("bin/java.asked"))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8", "11", "16"})
  void an_old_jvm_is_refused(String version) throws Exception {
    built("checkout");
    environment.put("JAVA_HOME", jvm("old", version).toString());

    Called called = kt("checkout/kt", "version");

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .isEqualTo(
            "kt: "
                + temporary.resolve("old/bin/java")
                + " is older than Java 17; install a JDK 17 or newer, or set JAVA_HOME\n");
  }

  @Test
  void a_jvm_that_does_not_start_says_why() throws Exception {
    built("checkout");
    script(
        jvm.resolve("bin/java"),
        """
        #!/bin/sh
        echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx9g'
        echo 'Invalid heap size' >&2
        exit 1
        """);

    Called called = kt("checkout/kt", "version");

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .isEqualTo("kt: " + jvm.resolve("bin/java") + " does not start: Invalid heap size\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "", "de_DE.ISO-8859-1", "ar_EG.UTF-8"})
  void names_of_files_are_in_UTF_8_whatever_the_locale(String locale) throws Exception {
    built("checkout");
    environment.put("LC_ALL", locale);
    script(
        temporary.resolve("bin/locale"),
        "#!/bin/sh\ncase $LC_ALL in C.UTF-8) echo UTF-8 ;; *) echo ANSI_X3.4-1968 ;; esac\n");

    Called called = kt("checkout/kt", "version");

    // The shell itself tells of locales that are not installed here.
    assertThat(called.err()).doesNotContain("kt: there");
    assertThat(called.out()).startsWith("LC_ALL C.UTF-8\n");
  }

  @Test
  void a_system_without_C_UTF_8_lends_another_locale_in_UTF_8() throws Exception {
    built("checkout");
    environment.put("LC_ALL", "C");
    script(
        temporary.resolve("bin/locale"),
        """
        #!/bin/sh
        [ "$1" = -a ] && printf 'C\\nPOSIX\\nja_JP.eucJP\\nja_JP.utf8\\n' && exit
        case $LC_ALL in ja_JP.utf8) echo UTF-8 ;; *) echo ANSI_X3.4-1968 ;; esac
        """);

    Called called = kt("checkout/kt", "version");

    // The shell itself tells of locales that are not installed here.
    assertThat(called.err()).doesNotContain("kt: there");
    assertThat(called.out()).startsWith("LC_ALL ja_JP.utf8\n");
  }

  @Test
  void without_a_locale_in_UTF_8_one_line_says_what_to_install() throws Exception {
    built("checkout");
    environment.put("LC_ALL", "C");
    script(temporary.resolve("bin/locale"), "#!/bin/sh\necho ANSI_X3.4-1968\n");

    Called called = kt("checkout/kt", "version");

    assertThat(called.exitCode()).isZero();
    assertThat(called.out()).startsWith("LC_ALL C\n");
    assertThat(called.err().lines().toList()).hasSize(1);
    assertThat(called.err())
        .startsWith("kt: there is no UTF-8 locale")
        .endsWith("install one, such as C.UTF-8 or en_US.UTF-8\n");
  }

  @Test
  void TMPDIR_moves_the_temporary_files_of_the_jvm_too() throws Exception {
    built("checkout");
    environment.put("TMPDIR", temporary.toString());
    Called moved = kt("checkout/kt", "train");
    environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=/elsewhere");

    Called chosen = kt("checkout/kt", "train");

    assertThat(moved.out()).contains("argument -Djava.io.tmpdir=" + temporary + "\n");
    assertThat(chosen.out()).doesNotContain("java.io.tmpdir");
  }

  @Test
  void what_changed_is_built_first() throws Exception {
    Path checkout = built("checkout");
    Path told = mavenTells();
    Path source = Files.createDirectories(checkout.resolve("kt-api/src/main")).resolve("A.java");
    Files.writeString(source, "changed");

    Called first = kt("checkout/kt", "version");
    boolean built = Files.deleteIfExists(told);
    Called second = kt("checkout/kt", "version");

    assertThat(built).isTrue();
    assertThat(first.err()).isEqualTo("kt: building what changed (under a minute)\n");
    assertThat(told).doesNotExist();
    assertThat(second.err()).isEmpty();
  }

  @Test
  void where_nothing_can_be_built_one_line_says_who_has_to() throws Exception {
    Path checkout = checkout("checkout");
    mavenTells();
    // As for a user who may not write there, root included.
    Files.createDirectories(checkout.resolve("kt-cli"));
    Files.writeString(checkout.resolve("kt-cli/target"), "no folder");

    Called called = kt("checkout/kt", "version");

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .isEqualTo(
            "kt: "
                + checkout
                + " is not built, or its sources are newer than what is built, and this user may"
                + " not write to "
                + checkout
                + "/kt-cli/target/kt; build it as a user who may: "
                + checkout
                + "/kt version\n");
  }

  @Test
  void an_archive_runs_its_own_jars_and_builds_nothing() throws Exception {
    Path archive = archive("linux-x86_64", "Linux", "x86_64");
    Path told = mavenTells();
    Files.createSymbolicLink(temporary.resolve("bin/kt"), archive.resolve("bin/kt"));

    Called called = kt("bin/kt", "train", "a b.yaml");

    assertThat(called.err()).isEmpty();
    assertThat(called.exitCode()).isZero();
    assertThat(called.out())
        .contains("argument -Dkt.archive=linux-x86_64\n")
        .endsWith("argument org.kt4j.cli.Kt\nargument train\nargument a b.yaml\n");
    assertThat(called.classPath()).isEqualTo(archive.resolve("lib/*"));
    assertThat(told).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "linux-x86_64, Linux, x86_64",
    "linux-arm64, Linux, aarch64",
    "macosx-arm64, Darwin, arm64"
  })
  void an_archive_runs_on_its_platform_alone(String platform, String system, String processor)
      throws Exception {
    Path right = archive(platform, system, processor);
    Called runs = kt(right + "/bin/kt", "train");
    uname("Linux", platform.equals("linux-arm64") ? "x86_64" : "aarch64");
    Called refused = kt(right + "/bin/kt", "train");
    uname("Darwin", "x86_64");
    Called unknown = kt(right + "/bin/kt", "train");

    String here = platform.equals("linux-arm64") ? "linux-x86_64" : "linux-arm64";
    assertThat(runs.exitCode()).as(runs.err()).isZero();
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "kt: this is kt4j for %s, and this machine is %s; unpack kt4j-1.2.3-%s.tar.gz instead\n"
                .formatted(platform, here, here));
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err())
        .isEqualTo(
            "kt: this is kt4j for %s, and this machine is Darwin x86_64; there is kt4j for"
                    .formatted(platform)
                + " linux-x86_64, linux-arm64 and macosx-arm64\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kt-cli-1.2.3.jar", "tensorflow-core-native-1.1.0-linux-x86_64.jar"})
  void an_archive_that_was_unpacked_in_part_says_what_is_missing(String jar) throws Exception {
    Path archive = archive("linux-x86_64", "Linux", "x86_64");
    Files.delete(archive.resolve("lib").resolve(jar));

    Called called = kt(archive + "/bin/kt", "train");

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err())
        .startsWith("kt: " + archive.resolve("lib") + "/")
        .endsWith(
            " is missing, so the archive was not unpacked whole; unpack"
                + " kt4j-1.2.3-linux-x86_64.tar.gz again\n");
  }

  @Test
  void an_archive_asks_for_a_jre() throws Exception {
    Path archive = archive("linux-x86_64", "Linux", "x86_64");
    environment.put("JAVA_HOME", jvm("old", "11").toString());
    Called old = kt(archive + "/bin/kt", "version");
    environment.put("JAVA_HOME", "");
    environment.put("PATH", toolsWithoutJava().toString());

    Called none = kt(archive + "/bin/kt", "version");

    assertThat(old.exitCode()).isEqualTo(1);
    assertThat(old.err())
        .isEqualTo(
            "kt: "
                + temporary.resolve("old/bin/java")
                + " is older than Java 17; install Java 17 or newer (a JRE is enough), or set"
                + " JAVA_HOME\n");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err())
        .isEqualTo(
            "kt: there is no java; install Java 17 or newer (a JRE is enough), or set JAVA_HOME\n");
  }

  private static String archive(Called called) {
    return called
        .out()
        .lines()
        .filter(l -> l.contains("SharedArchiveFile"))
        .findFirst()
        .orElseThrow();
  }

  private Path jvm(String name, String version) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(name));
    script(folder.resolve("bin/java"), JAVA);
    Files.writeString(folder.resolve("bin/java.version"), version);
    return folder;
  }

  /** What the script calls, without a JVM. */
  private Path toolsWithoutJava() throws IOException {
    Path tools = Files.createDirectories(temporary.resolve("tools"));
    for (String tool :
        "bash env basename dirname readlink sed head grep locale id mkdir".split(" ", -1)) {
      Path found =
          Stream.of("/usr/bin", "/bin")
              .map(folder -> Path.of(folder, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Files.createSymbolicLink(tools.resolve(tool), found);
    }
    Files.createSymbolicLink(tools.resolve("uname"), temporary.resolve("bin/uname"));
    return tools;
  }

  /** A machine. */
  private void uname(String system, String processor) throws IOException {
    script(
        temporary.resolve("bin/uname"),
        "#!/bin/sh\ncase $1 in -s) echo %s ;; -m) echo %s ;; esac\n".formatted(system, processor));
  }

  /** An unpacked archive, on a machine. */
  private Path archive(String platform, String system, String processor) throws IOException {
    Path archive = Files.createDirectories(temporary.resolve("kt4j-1.2.3"));
    Path kt = Path.of(System.getProperty("user.dir"), "..", "kt");
    script(archive.resolve("bin/kt"), Files.readString(kt));
    Files.writeString(
        archive.resolve("release"), "VERSION=1.2.3\nPLATFORM=%s\n".formatted(platform));
    Path lib = Files.createDirectories(archive.resolve("lib"));
    Files.createFile(lib.resolve("kt-cli-1.2.3.jar"));
    Files.createFile(lib.resolve("tensorflow-core-native-1.1.0-" + platform + ".jar"));
    uname(system, processor);
    return archive;
  }

  private Path mavenTells() throws IOException {
    Path told = temporary.resolve("maven");
    environment.put("TOLD", told.toString());
    script(temporary.resolve("bin/mvn"), MAVEN);
    return told;
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The script and nothing else. */
  private Path checkout(String name) throws IOException {
    Path checkout = Files.createDirectories(temporary.resolve(name));
    Path kt = Path.of(System.getProperty("user.dir"), "..", "kt");
    script(checkout.resolve("kt"), Files.readString(kt));
    Files.writeString(checkout.resolve("pom.xml"), "");
    return checkout;
  }

  /** As after a build that lies a minute back. */
  private Path built(String name) throws IOException {
    Path checkout = checkout(name);
    FileTime before = FileTime.from(Instant.now().minusSeconds(120));
    Files.setLastModifiedTime(checkout.resolve("pom.xml"), before);
    Files.createDirectories(checkout.resolve("kt-cli/target/kt/lib"));
    Path stamp = Files.writeString(checkout.resolve("kt-cli/target/kt/stamp"), "\n");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(60)));
    return checkout;
  }

  private Called kt(String command, String... arguments) throws IOException, InterruptedException {
    String[] words = new String[arguments.length + 1];
    words[0] = command;
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.directory(temporary.toFile());
    for (String each :
        new String[] {
          "CDPATH", "TMPDIR", "JAVA_TOOL_OPTIONS", "XDG_CACHE_HOME", "KT_PROFILES", "MAVEN_OPTS"
        }) {
      builder.environment().remove(each);
    }
    builder.environment().putAll(environment);
    Path out = temporary.resolve("out.txt");
    Path err = temporary.resolve("err.txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Called(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
