package org.kt4j.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ThreadReplicas;
import org.kt4j.engine.teacher.Fingerprint;

/** 300 pictures, so three blocks, the last of 44. */
class TeacherAnswersTest {

  private static final int PICTURES = 300;

  @TempDir private Path folder;

  /** Says of each picture its index and a number of its own, and remembers what it is asked. */
  private static final class Numbered implements TeacherAnswers {

    private final float own;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    Numbered(float own) {
      this.own = own;
    }

    @Override
    public String teacher() {
      return "number " + own;
    }

    @Override
    public String data() {
      return "counted";
    }

    @Override
    public String drawn() {
      return "as they are";
    }

    @Override
    public int count() {
      return PICTURES;
    }

    @Override
    public KnowledgeLayout layout() {
      return new KnowledgeLayout(
          List.of(
              new KnowledgeLayout.Part("index", List.of()),
              new KnowledgeLayout.Part("own", List.of())));
    }

    @Override
    public String fingerprint() {
      return new Fingerprint().add(own).hex();
    }

    @Override
    public Computation open() {
      asked.add("opened");
      return new Computation() {
        @Override
        public float[] rows(int first, int count) {
          asked.add(first + " and " + count);
          float[] rows = new float[2 * count];
          for (int i = 0; i < count; i++) {
            rows[2 * i] = first + i;
            rows[2 * i + 1] = own;
          }
          return rows;
        }

        @Override
        public void close() {
          asked.add("closed");
        }
      };
    }
  }

  private static float[] expected(float own) {
    float[] rows = new float[2 * PICTURES];
    for (int i = 0; i < PICTURES; i++) {
      rows[2 * i] = i;
      rows[2 * i + 1] = own;
    }
    return rows;
  }

  @Test
  void teachers_are_asked_block_by_block_and_never_again() {
    Numbered first = new Numbered(7);
    Numbered second = new Numbered(7);

    assertThat(new KnowledgeCache(folder).answers(first)).isEqualTo(expected(7));
    assertThat(new KnowledgeCache(folder).answers(second)).isEqualTo(expected(7));

    assertThat(first.asked)
        .containsExactly("opened", "0 and 128", "128 and 128", "256 and 44", "closed");
    assertThat(second.asked).isEmpty();
  }

  @Test
  void without_a_cache_they_say_the_same() {
    Numbered asked = new Numbered(7);

    assertThat(asked.computed(Replicas.one())).isEqualTo(expected(7));
    assertThat(asked.asked).hasSize(5).endsWith("closed");
  }

  @Test
  void other_teachers_have_a_file_of_their_own() {
    KnowledgeCache cache = new KnowledgeCache(folder);

    assertThat(cache.answers(new Numbered(7))).isEqualTo(expected(7));
    assertThat(cache.answers(new Numbered(8))).isEqualTo(expected(8));

    assertThat(cache.entries())
        .hasSize(2)
        .allSatisfy(
            entry -> {
              assertThat(entry.path().getFileName().toString()).startsWith("answers-");
              assertThat(entry.file()).isNotNull();
            });
  }

  @Test
  void a_damaged_block_is_asked_for_again() throws IOException {
    KnowledgeCache cache = new KnowledgeCache(folder);
    cache.answers(new Numbered(7));
    try (RandomAccessFile file =
        new RandomAccessFile(cache.entries().get(0).path().toFile(), "rw")) {
      file.seek(file.length() - 1000);
      int before = file.read();
      file.seek(file.length() - 1000);
      file.write(before + 1);
    }
    Numbered asked = new Numbered(7);

    assertThat(cache.answers(asked)).isEqualTo(expected(7));
    assertThat(asked.asked).containsExactly("opened", "256 and 44", "closed");
  }

  @Test
  void workers_ask_for_a_block_each_and_all_get_all() throws Exception {
    Numbered together = new Numbered(7);
    Numbered kept = new Numbered(7);

    List<float[]> computed = ThreadReplicas.each(2, together::computed);
    List<float[]> stored =
        ThreadReplicas.each(2, replicas -> new KnowledgeCache(folder, replicas).answers(kept));

    assertThat(computed).hasSize(2).allMatch(rows -> Arrays.equals(rows, expected(7)));
    assertThat(stored).hasSize(2).allMatch(rows -> Arrays.equals(rows, expected(7)));
    assertThat(together.asked).containsOnlyOnce("0 and 128", "128 and 128", "256 and 44");
    assertThat(kept.asked).containsOnlyOnce("0 and 128", "128 and 128", "256 and 44");
  }

  @Test
  void answers_that_are_no_numbers_are_named() {
    assertThatThrownBy(() -> new KnowledgeCache(folder).answers(new Numbered(Float.NaN)))
        .isInstanceOf(CacheException.class)
        .hasMessageContaining("number NaN: its answers to the pictures 0 to 127 of counted hold");
  }
}
