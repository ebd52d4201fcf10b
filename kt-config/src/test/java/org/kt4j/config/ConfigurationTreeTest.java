package org.kt4j.config;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTreeTest {

  private static final String NST_KD =
      """
      data: {name: shapes, train: 4000}
      phases:
        - name: distil
          epochs: 12
          objective:
            - {term: nst, layers: {stage3: stage3}}
      seed: 1
      """;

  @Test
  void a_file_is_named_by_its_file_name(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("nst-kd.yaml"), NST_KD);

    ConfigurationTree tree = ConfigurationTree.read(file);

    assertThat(tree.source()).isEqualTo("nst-kd.yaml");
    assertThat(tree.root().path("phases").path(0).path("epochs").intValue()).isEqualTo(12);
  }

  @Test
  void a_missing_file_is_a_problem(@TempDir Path folder) {
    Path file = folder.resolve("none.yaml");

    assertThatThrownBy(() -> ConfigurationTree.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("none.yaml: there is no file " + file);
  }

  @Test
  void a_binary_file_is_a_problem(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("weights.npz"), new byte[] {(byte) 0xff, 0, 1});

    assertThatThrownBy(() -> ConfigurationTree.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("weights.npz: is not UTF-8 text; fix: save it as UTF-8");
  }

  @Test
  void an_empty_file_is_a_problem() {
    parsing("").hasMessage("c.yaml: is empty; expected a map of keys");
    parsing("# only a comment\n").hasMessage("c.yaml: is empty; expected a map of keys");
  }

  @Test
  void a_list_at_the_top_is_a_problem() {
    parsing("- 1\n").hasMessage("c.yaml: expected a map of keys at the top, found a list");
  }

  @Test
  void a_syntax_error_has_line_and_column() {
    parsing("seed: 1\ndata: {name: shapes\n")
        .hasMessage(
            "c.yaml: line 3, column 1: while parsing a flow mapping, expected ',' or '}', but got"
                + " <stream end>");
    parsing("seed: 1\n\tdata: 2\n")
        .hasMessage(
            "c.yaml: line 2, column 1: while scanning for the next token, found character"
                + " '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)");
    parsing("seed: 1\ndata: a: b\n")
        .hasMessage("c.yaml: line 2, column 8: mapping values are not allowed here");
  }

  @Test
  void a_key_that_stands_twice_is_a_problem() {
    parsing("seed: 1\ndata: {train: 1, train: 2}\n")
        .hasMessage("c.yaml: line 2, column 18: the key 'train' stands here twice");
    parsing("seed: 1\ndata: {seed: 1}\nseed: 2\n")
        .hasMessage("c.yaml: line 3, column 1: the key 'seed' stands here twice");
  }

  @Test
  void an_alias_and_a_second_document_are_problems() {
    parsing("a: &x 1\nb: *x\n")
        .hasMessage("c.yaml: line 2, column 4: the alias *x cannot be used; write it out");
    parsing("a: 1\n---\nb: 2\n")
        .hasMessage(
            "c.yaml: line 3, column 1: a second document begins here; a configuration is one"
                + " document");
  }

  @Test
  void utf_16_is_named_and_a_byte_order_mark_is_passed_over(@TempDir Path folder) throws Exception {
    Path marked = Files.writeString(folder.resolve("marked.yaml"), "\uFEFFseed: 1\n");
    Path wide = Files.write(folder.resolve("wide.yaml"), "seed: 1".getBytes(UTF_16));
    Path little = Files.write(folder.resolve("little.yaml"), "seed: 1".getBytes(UTF_16LE));

    assertThat(ConfigurationTree.read(marked).toYaml()).isEqualTo("seed: 1\n");
    assertThatThrownBy(() -> ConfigurationTree.read(wide))
        .hasMessage("wide.yaml: is UTF-16 text; fix: save it as UTF-8");
    assertThatThrownBy(() -> ConfigurationTree.read(little))
        .hasMessage(
            "little.yaml: line 1, column 2: the control character U+0000 cannot stand here;"
                + " fix: save the file as UTF-8 text");
  }

  @Test
  void a_folder_is_no_configuration(@TempDir Path folder) {
    assertThatThrownBy(() -> ConfigurationTree.read(folder))
        .hasMessage(folder.getFileName() + ": is a folder; expected a file");
  }

  @Test
  void a_control_character_has_line_and_column() {
    parsing("seed: 1\ntask: a\u0007b\n")
        .hasMessage(
            "c.yaml: line 2, column 8: the control character U+0007 cannot stand here; fix: remove"
                + " it");
  }

  @Test
  void a_number_in_another_notation_than_the_decimal_one_is_a_problem() {
    for (String number : List.of("0x10", "0b11", "1_000", "-0x1")) {
      parsing("a: " + number)
          .hasMessageStartingWith(
              "c.yaml: line 1, column 4: the number "
                  + number
                  + " is not in decimal notation (YAML reads ");
    }
    parsing("a: 010")
        .hasMessage(
            "c.yaml: line 1, column 4: the number 010 is not in decimal notation (YAML reads 8);"
                + " fix: write it in decimal notation, or quote it, '010', where it is a text");
    parsing("a: 1_000.5").hasMessageContaining("the number 1_000.5 is not in decimal notation");
    parsing("a: 1e99999999")
        .hasMessage(
            "c.yaml: line 1, column 4: the exponent of 1e99999999 is out of range; allowed: -1000"
                + " to 1000");
    assertThat(ConfigurationTree.parse("c", "{a: '010', b: 1.50, c: +5, d: 0o7, e: .5}").toYaml())
        .isEqualTo("a: \"010\"\nb: 1.50\nc: 5\nd: 0o7\ne: 0.5\n");
  }

  @Test
  void words_and_dates_are_texts() {
    ObjectNode root = ConfigurationTree.parse("c", "{a: yes, b: off, c: 2001-01-01}").root();

    assertThat(root.properties()).allMatch(entry -> entry.getValue().isTextual());
  }

  @Test
  void a_tag_is_a_problem() {
    parsing("a: !!python/object:x.Y {}")
        .hasMessage(
            "c.yaml: line 1, column 4: the tag tag:yaml.org,2002:python/object:x.Y cannot be used;"
                + " fix: leave it out");
    parsing("a: !!int 3").hasMessageContaining("the tag tag:yaml.org,2002:int cannot be used");
  }

  @Test
  void a_list_as_a_key_is_a_problem() {
    parsing("? [1, 2]\n: 3\n")
        .hasMessageEndingWith("a key is a single value, and here a list or a map stands as a key");
  }

  @Test
  @Timeout(5)
  void depth_and_size_have_an_end() {
    parsing("a: " + "[".repeat(100_000) + "]".repeat(100_000))
        .hasMessage(
            "c.yaml: line 1, column 68: more than 64 maps and lists in each other; allowed: fewer");
    parsing("a: " + "{b: ".repeat(1_000))
        .hasMessageContaining("more than 64 maps and lists in each other");
    parsing("a: " + "x".repeat(10 << 20))
        .hasMessage(
            "c.yaml: line 1, column 1: has 10485763 characters; allowed: at most 1048576; is this"
                + " the right file?");
    parsing("a: 1" + "0".repeat(1_000)).hasMessageContaining("a number of 1001 characters");
    assertThat(ConfigurationTree.parse("c", "a: " + "[".repeat(63) + "]".repeat(63)).root())
        .isNotEmpty();
  }

  @Test
  @Timeout(5)
  void a_large_file_is_refused_before_it_is_read(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("large.yaml");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }

    assertThatThrownBy(() -> ConfigurationTree.read(file))
        .hasMessage(
            "large.yaml: has 3072 MiB; a configuration has at most 4; is this the right file?");
  }

  @Test
  void json_is_yaml() {
    ConfigurationTree tree = ConfigurationTree.parse("c.json", "{\"seed\": 1, \"data\": [1, 2]}");

    assertThat(tree.toYaml()).isEqualTo("seed: 1\ndata:\n  - 1\n  - 2\n");
  }

  @Test
  void paths_with_dots_and_with_brackets_set_the_same_value() {
    ConfigurationTree dots = ConfigurationTree.parse("c.yaml", NST_KD);
    ConfigurationTree brackets = ConfigurationTree.parse("c.yaml", NST_KD);

    dots.set("phases.0.objective.0.term", "kd");
    brackets.set("phases[0].objective[0].term", "kd");

    assertThat(dots.toYaml())
        .isEqualTo(
            """
            data:
              name: shapes
              train: 4000
            phases:
              - name: distil
                epochs: 12
                objective:
                  - term: kd
                    layers:
                      stage3: stage3
            seed: 1
            """);
    assertThat(brackets.toYaml()).isEqualTo(dots.toYaml());
  }

  @Test
  void a_key_with_dots_is_set_in_brackets() {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", "layers: {a: b}");

    tree.set("layers[stage3.pre-relu]", "stage3");

    assertThat(tree.toYaml()).isEqualTo("layers:\n  a: b\n  stage3.pre-relu: stage3\n");
  }

  @Test
  void a_value_is_parsed_as_yaml() {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", "a: 1\n");

    tree.set("number", "1.50");
    tree.set("flag", "true");
    tree.set("word", "off");
    tree.set("list", "[1, two]");
    tree.set("map", "{network: resnet-8}");
    tree.set("a", "");

    assertThat(tree.toYaml())
        .isEqualTo(
            """
            a: null
            number: 1.50
            flag: true
            word: "off"
            list:
              - 1
              - two
            map:
              network: resnet-8
            """);
  }

  @Test
  void the_index_after_the_last_adds_an_element() {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", "sizes: [1, 2]");

    tree.set("sizes.2", "3");
    tree.set("sizes.0", "0");

    assertThat(tree.toYaml()).isEqualTo("sizes:\n  - 0\n  - 2\n  - 3\n");
  }

  @Test
  void an_unknown_parent_names_the_known_keys() {
    setting("phases.0.objectiv.0.weight", "2")
        .hasMessage(
            "c.yaml: phases[0]: unknown key 'objectiv'; known: name, epochs, objective; did you"
                + " mean 'objective'?");
  }

  @Test
  void an_absent_parent_says_how_to_add_it() {
    setting("optimizer.momentum", "0.9")
        .hasMessage(
            "c.yaml: unknown key 'optimizer'; known: data, phases, seed; to add it, set it whole:"
                + " optimizer={momentum: 0.9}");
    setting("phases.0.schedule.warm-up.epochs", "1")
        .hasMessage(
            "c.yaml: phases[0]: unknown key 'schedule'; known: name, epochs, objective; to add it,"
                + " set it whole: phases[0].schedule={warm-up: {epochs: 1}}");
  }

  @Test
  void an_index_out_of_range_is_a_problem() {
    setting("phases.1.epochs", "1")
        .hasMessage("c.yaml: phases: no element '1' in a list of 1; expected an index from 0 to 0");
    setting("phases.2", "{}")
        .hasMessage("c.yaml: phases: no element '2' in a list of 1; expected an index from 0 to 1");
    setting("phases.epochs", "1")
        .hasMessage(
            "c.yaml: phases: no element 'epochs' in a list of 1; expected an index from 0 to 1");
  }

  @Test
  void a_path_through_a_value_is_a_problem() {
    setting("seed.first", "1")
        .hasMessage("c.yaml: seed: expected a map or a list to set a value in, found 1");
  }

  @Test
  void a_malformed_path_or_value_is_a_problem() {
    String hint = "'; write a path like phases.0.epochs or phases[0].epochs";

    setting("", "1").hasMessage("c.yaml: cannot set '" + hint);
    setting("phases..epochs", "1").hasMessage("c.yaml: cannot set 'phases..epochs" + hint);
    setting("phases[0", "1").hasMessage("c.yaml: cannot set 'phases[0" + hint);
    setting("seed.", "1").hasMessage("c.yaml: cannot set 'seed." + hint);
    setting("seed", "[1")
        .hasMessage(
            "c.yaml: seed: cannot read '[1' as YAML: while parsing a flow sequence, expected ',' or"
                + " ']', but got <stream end>");
  }

  @Test
  void the_problems_of_all_overrides_are_reported_together() {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", NST_KD);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("seed.x", "1");
    values.put("phases.7.epochs", "1");
    values.put("seed", "5");

    assertThatThrownBy(() -> tree.setAll(values))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            """
            c.yaml: seed: expected a map or a list to set a value in, found 1
            c.yaml: phases: no element '7' in a list of 1; expected an index from 0 to 0\
            """);
  }

  private static AbstractThrowableAssert<?, ?> parsing(String yaml) {
    return assertThatThrownBy(() -> ConfigurationTree.parse("c.yaml", yaml))
        .isInstanceOf(ConfigurationException.class);
  }

  private static AbstractThrowableAssert<?, ?> setting(String path, String value) {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", NST_KD);
    return assertThatThrownBy(() -> tree.set(path, value))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe.yaml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> ConfigurationTree.read(pipe))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "pipe.yaml: is no regular file but a pipe, a socket or a device; fix: save it as a"
                + " file");
  }
}
