package org.kt4j.engine.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {

  @TempDir Path folder;

  private record Point(int x, int y) {}

  @Test
  void a_record_is_written_in_a_line_or_indented_with_a_lines_end() {
    assertThat(Json.line(new Point(1, 2))).isEqualTo("{\"x\":1,\"y\":2}");
    assertThat(Json.indented(new Point(1, 2)))
        .isEqualToNormalizingNewlines("{\n  \"x\" : 1,\n  \"y\" : 2\n}\n");
  }

  @Test
  void properties_that_a_record_does_not_have_are_passed_over() throws IOException {
    Path file = folder.resolve("point.json");
    Files.writeString(file, "{\"x\": 1, \"z\": 3, \"y\": 2}");

    assertThat(Json.read(file, Point.class)).isEqualTo(new Point(1, 2));
    assertThat(Json.read("{\"y\": 2}", Point.class)).isEqualTo(new Point(0, 2));
  }

  @Test
  void what_is_no_json_is_an_error() {
    assertThatThrownBy(() -> Json.tree("{")).isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> Json.read("[1]", Point.class))
        .isInstanceOf(JsonProcessingException.class);
  }
}
