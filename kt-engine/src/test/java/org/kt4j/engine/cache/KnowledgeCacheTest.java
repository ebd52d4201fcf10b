package org.kt4j.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kt4j.api.Knowledge;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.Augmentation;
import org.kt4j.data.Batch;
import org.kt4j.data.BatchStream;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.file.FileSteps;
import org.kt4j.data.file.LockedFile;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ThreadReplicas;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** 300 pictures of three pixels, so three blocks a view, the last of 44 pictures. */
class KnowledgeCacheTest {

  private static final ImageShape SHAPE = new ImageShape(1, 3, 1);
  private static final Normalization BYTES = new Normalization(List.of(0.0), List.of(1 / 255.0));
  private static final int PICTURES = 300;

  @TempDir private Path folder;

  /** Picture i is i % 251, i / 251 and a number that tells data sets apart. */
  private record Counted(int mark) implements ImageDataset {

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public List<String> classes() {
      return List.of("one", "other");
    }

    @Override
    public int size() {
      return PICTURES;
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      target[offset] = (byte) (index % 251);
      target[offset + 1] = (byte) (index / 251);
      target[offset + 2] = (byte) mark;
    }
  }

  /** Its logits are the first pixel times a weight, and the third. */
  private static Teacher teacher(float weight) {
    Network network =
        (nn, images) -> {
          nn.tap("pixels", images);
          return nn.dense("linear", nn.flatten(images), 2);
        };
    Weights weights =
        new Weights(
            "by hand",
            Map.of(
                "linear.weight",
                new Weights.Array(Shape.of(2, 3), new float[] {weight, 0, 0, 0, 0, 1}),
                "linear.bias",
                new Weights.Array(Shape.of(2), new float[2])));
    return new NetworkTeacher("by hand", network, SHAPE, BYTES, () -> weights);
  }

  private static Views views(int mark, Augmentation augmentation) {
    return new AugmentedViews(new Counted(mark), augmentation, BYTES);
  }

  private static KnowledgeRequest pixels(String label) {
    return new KnowledgeRequest(
        label,
        "pixels",
        List.of("pixels"),
        (tf, mounted) -> Knowledge.of("p", mounted.tap("pixels")));
  }

  /** Counts the pictures that are computed, and stops at some. */
  private static final class Counting implements FillListener {

    private final long stopAt;
    private long computed;
    private final List<Stock> stock = new ArrayList<>();

    Counting() {
      this(Long.MAX_VALUE);
    }

    Counting(long stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void found(Stock found) {
      stock.add(found);
    }

    @Override
    public void filling(long done, long total, double seconds) {
      computed = done;
      if (done >= stopAt) {
        throw new IllegalStateException("killed");
      }
    }
  }

  private KnowledgeFile provide(
      float weight,
      Views views,
      Precision precision,
      KnowledgeRequest request,
      FillListener listener) {
    return new KnowledgeCache(folder)
        .provide(teacher(weight), views, precision, List.of(request), listener)
        .get(0);
  }

  private KnowledgeFile plain(FillListener listener) {
    return provide(3, views(7, Augmentation.none()), Precision.SINGLE, pixels("pixels"), listener);
  }

  private static float[] numbers(KnowledgeFile file, int view, int... indices) {
    try (TFloat32 rows = file.rows(view, indices)) {
      return ImageGraph.floats(rows);
    }
  }

  @Test
  void gives_the_rows_of_any_pictures_in_any_order() {
    KnowledgeFile file =
        new KnowledgeCache(folder)
            .provide(
                teacher(3),
                views(7, Augmentation.none()),
                Precision.SINGLE,
                List.of(
                    new KnowledgeRequest(
                        "both",
                        "both",
                        List.of(Taps.LOGITS, "pixels"),
                        (tf, mounted) ->
                            Knowledge.builder()
                                .put("logits", mounted.tap(Taps.LOGITS))
                                .put("pixels", mounted.tap("pixels"))
                                .build())),
                FillListener.SILENT)
            .get(0);

    // Logits 3 * i % 251 and 7, then the three pixels.
    assertThat(numbers(file, 0, 299, 5, 128))
        .containsExactly(144, 7, 48, 1, 7, 15, 7, 5, 0, 7, 384, 7, 128, 0, 7);
    assertThat(file.layout().parts())
        .containsExactly(
            new KnowledgeLayout.Part("logits", List.of(2L)),
            new KnowledgeLayout.Part("pixels", List.of(1L, 3L, 1L)));
  }

  @Test
  void computes_nothing_twice() {
    Counting first = new Counting();
    Counting second = new Counting();

    KnowledgeFile filled = plain(first);
    KnowledgeFile found = plain(second);

    assertThat(first.computed).isEqualTo(PICTURES);
    assertThat(second.computed).isZero();
    assertThat(second.stock).singleElement().matches(stock -> stock.missing() == 0);
    assertThat(found.path()).isEqualTo(filled.path());
    assertThat(numbers(found, 0, 200)).isEqualTo(numbers(filled, 0, 200));
  }

  @Test
  void what_is_too_much_for_the_memory_at_once_is_computed_one_after_another() throws IOException {
    List<KnowledgeRequest> requests = List.of(pixels("a"), logitsAlone(1), pixels("b"));
    Views views = views(7, new Augmentation(1, true, 0, 2));
    Path other = folder.resolve("other");
    // A block of pixels takes 128 rows of 12 bytes and a head, one of logits 128 rows of 8.
    long twoBlocks = 128 * (12 + 8) + 100;
    List<Long> totals = new ArrayList<>();
    FillListener listener =
        new FillListener() {
          @Override
          public void filling(long done, long total, double seconds) {
            if (done == total) {
              totals.add(total);
            }
          }
        };

    List<KnowledgeFile> together =
        new KnowledgeCache(folder).provide(teacher(3), views, Precision.SINGLE, requests, listener);
    List<KnowledgeFile> apart =
        new KnowledgeCache(other, Replicas.one(), twoBlocks)
            .provide(teacher(3), views, Precision.SINGLE, requests, listener);

    assertThat(totals).containsExactly(2L * PICTURES, 2L * PICTURES, 2L * PICTURES);
    for (int f = 0; f < 3; f++) {
      assertThat(apart.get(f).path()).hasSameBinaryContentAs(together.get(f).path());
    }
  }

  /** A teacher that says of itself that its numbers depend on what is read. */
  private record Depending(Teacher teacher) implements Teacher {

    @Override
    public String source() {
      return teacher.source();
    }

    @Override
    public TapShapes taps() {
      return teacher.taps();
    }

    @Override
    public boolean dependsOnReads() {
      return true;
    }

    @Override
    public String fingerprint() {
      return teacher.fingerprint();
    }

    @Override
    public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
      return teacher.mount(graph, scope, read);
    }

    @Override
    public String advice(String place) {
      return teacher.advice(place);
    }
  }

  private Path logitsBeside(Teacher teacher, KnowledgeRequest... others) {
    List<KnowledgeRequest> requests = new ArrayList<>(List.of(others));
    requests.add(0, logitsAlone(1));
    return new KnowledgeCache(folder)
        .provide(
            teacher, views(7, Augmentation.none()), Precision.SINGLE, requests, FillListener.SILENT)
        .get(0)
        .path();
  }

  @Test
  void numbers_that_depend_on_what_is_read_have_a_file_for_each_set_of_taps() {
    Teacher usual = teacher(3);
    Teacher depending = new Depending(usual);

    Path alone = logitsBeside(depending);
    Path beside = logitsBeside(depending, pixels("pixels"));

    assertThat(logitsBeside(usual, pixels("pixels"))).isEqualTo(logitsBeside(usual));
    assertThat(List.of(alone, beside, logitsBeside(usual))).doesNotHaveDuplicates();
    assertThat(logitsBeside(depending, pixels("other"))).isEqualTo(beside);
    assertThat(logitsBeside(depending, logitsAlone(2))).isEqualTo(alone);
  }

  @Test
  void anything_that_decides_a_number_decides_the_file() {
    Views views = views(7, Augmentation.none());
    List<KnowledgeFile> files =
        List.of(
            provide(3, views, Precision.SINGLE, logitsAlone(1), FillListener.SILENT),
            provide(4, views, Precision.SINGLE, logitsAlone(1), FillListener.SILENT),
            provide(
                3,
                views(8, Augmentation.none()),
                Precision.SINGLE,
                logitsAlone(1),
                FillListener.SILENT),
            provide(
                3,
                views(7, new Augmentation(1, false, 0, 1)),
                Precision.SINGLE,
                logitsAlone(1),
                FillListener.SILENT),
            provide(
                3,
                views(7, new Augmentation(1, true, 0, 1)),
                Precision.SINGLE,
                logitsAlone(1),
                FillListener.SILENT),
            provide(3, views, Precision.HALF, logitsAlone(1), FillListener.SILENT),
            provide(3, views, Precision.SINGLE, logitsAlone(2), FillListener.SILENT));

    assertThat(files).extracting(KnowledgeFile::path).doesNotHaveDuplicates();
    assertThat(numbers(files.get(0), 0, 9)).containsExactly(27, 7);
    assertThat(numbers(files.get(1), 0, 9)).containsExactly(36, 7);
    assertThat(numbers(files.get(2), 0, 9)).containsExactly(27, 8);
    assertThat(numbers(files.get(5), 0, 9)).containsExactly(27, 7);
    assertThat(numbers(files.get(6), 0, 9)).containsExactly(54, 14);
  }

  private static KnowledgeRequest logitsAlone(float factor) {
    return new KnowledgeRequest(
        "scaled",
        "scaled",
        List.of(Taps.LOGITS),
        (tf, mounted) ->
            Knowledge.of("l", tf.math.mul(mounted.tap(Taps.LOGITS), tf.constant(factor))));
  }

  @Test
  void each_view_is_what_training_shows_in_its_epoch() {
    Augmentation augmentation = new Augmentation(1, true, 0, 2);
    Views views = views(7, augmentation);
    KnowledgeFile file = provide(3, views, Precision.SINGLE, pixels("pixels"), FillListener.SILENT);

    for (int epoch = 0; epoch < 4; epoch++) {
      try (BatchStream training =
          BatchStream.training(new Counted(7), 50, augmentation, BYTES, 99)) {
        Iterator<Batch> batches = training.epoch(epoch, 0);
        while (batches.hasNext()) {
          Batch batch = batches.next();
          float[] stored = numbers(file, batch.view(), batch.indices());
          for (int i = 0; i < stored.length; i++) {
            assertThat(stored[i]).isEqualTo(Byte.toUnsignedInt(batch.images()[i]));
          }
        }
      }
    }
    assertThat(numbers(file, 0, 0, 1, 2, 3, 4, 5)).isNotEqualTo(numbers(file, 1, 0, 1, 2, 3, 4, 5));
  }

  @Test
  void more_views_make_the_same_file_longer() {
    Counting one = new Counting();
    Counting three = new Counting();

    KnowledgeFile shorter =
        provide(3, views(7, new Augmentation(1, true, 0, 1)), Precision.SINGLE, pixels("p"), one);
    KnowledgeFile longer =
        provide(3, views(7, new Augmentation(1, true, 0, 3)), Precision.SINGLE, pixels("p"), three);

    assertThat(longer.path()).isEqualTo(shorter.path());
    assertThat(one.computed).isEqualTo(PICTURES);
    assertThat(three.computed).isEqualTo(2 * PICTURES);
    assertThat(numbers(longer, 0, 17)).isEqualTo(numbers(shorter, 0, 17));
  }

  @Test
  void a_fill_that_was_killed_goes_on_where_it_stopped() throws IOException {
    assertThatThrownBy(() -> plain(new Counting(KnowledgeFile.BLOCK))).hasMessage("killed");
    Path file = new KnowledgeCache(folder).entries().get(0).path();
    try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
      torn.seek(torn.length());
      torn.write(new byte[] {1, 2, 3, 4, 5}); // the start of a block that was being written
    }
    Counting second = new Counting();

    KnowledgeFile whole = plain(second);

    assertThat(second.computed).isEqualTo(PICTURES - KnowledgeFile.BLOCK);
    assertThat(numbers(whole, 0, 1, 129, 299)).containsExactly(1, 0, 7, 129, 0, 7, 48, 1, 7);
  }

  @Test
  void a_damaged_block_is_found_and_computed_anew() throws IOException {
    KnowledgeFile file = plain(FillListener.SILENT);
    long end = Files.size(file.path());
    try (RandomAccessFile damaged = new RandomAccessFile(file.path().toFile(), "rw")) {
      damaged.seek(end - 3 * 4 * KnowledgeFile.BLOCK - 100); // in the second of three blocks
      damaged.write(damaged.read() ^ 1);
    }
    KnowledgeFile.Blocks blocks = file.blocks(1);
    Counting second = new Counting();

    KnowledgeFile mended = plain(second);

    assertThat(blocks.good().cardinality()).isEqualTo(2);
    assertThat(blocks.damaged().cardinality()).isEqualTo(1);
    assertThat(second.stock).singleElement().matches(stock -> stock.damaged() == 1);
    assertThat(second.computed).isEqualTo(KnowledgeFile.BLOCK);
    assertThat(mended.blocks(1).good().cardinality()).isEqualTo(3);
    assertThat(numbers(mended, 0, 200)).containsExactly(200, 0, 7);
  }

  @Test
  void a_file_whose_description_is_damaged_is_made_anew() throws IOException {
    KnowledgeFile file = plain(FillListener.SILENT);
    try (RandomAccessFile damaged = new RandomAccessFile(file.path().toFile(), "rw")) {
      damaged.seek(40);
      damaged.write('#');
    }
    assertThat(new KnowledgeCache(folder).entries())
        .singleElement()
        .matches(
            entry ->
                entry
                    .problem()
                    .equals(
                        file.path()
                            + ": its description is damaged: it does not fit its checksum; the next"
                            + " run that needs it makes it anew, kt cache clear "
                            + file.path().getFileName()
                            + " removes it"));
    Counting second = new Counting();

    KnowledgeFile mended = plain(second);

    assertThat(second.computed).isEqualTo(PICTURES);
    assertThat(numbers(mended, 0, 12)).containsExactly(12, 0, 7);
  }

  /** A change of the bytes of a file of three blocks in one view, behind a page of description. */
  @SuppressWarnings("ImmutableEnumChecker") // the changes hold nothing that changes
  private enum Damage {
    EMPTY(whole -> new byte[0]),
    A_BYTE_LEFT(whole -> Arrays.copyOf(whole, 1)),
    CUT_IN_THE_HEAD(whole -> Arrays.copyOf(whole, 10)),
    CUT_IN_THE_DESCRIPTION(whole -> Arrays.copyOf(whole, 100)),
    CUT_BEHIND_THE_DESCRIPTION(whole -> Arrays.copyOf(whole, 4000)),
    NO_BLOCK(whole -> Arrays.copyOf(whole, 4096)),
    CUT_IN_THE_FIRST_BLOCK(whole -> Arrays.copyOf(whole, 4096 + 1)),
    A_BYTE_SHORT(whole -> Arrays.copyOf(whole, whole.length - 1)),
    A_BLOCK_SHORT(whole -> Arrays.copyOf(whole, whole.length - SLOT)),
    A_BYTE_LONGER(whole -> Arrays.copyOf(whole, whole.length + 1)),
    HALF_A_BLOCK_LONGER(whole -> Arrays.copyOf(whole, whole.length + SLOT / 2)),
    MAGIC(flipped(3)),
    LENGTH(flipped(11)),
    NEGATIVE_LENGTH(flipped(8)),
    CHECKSUM_OF_THE_DESCRIPTION(flipped(14)),
    DESCRIPTION(flipped(60)),
    BEHIND_THE_DESCRIPTION(flipped(4000)),
    MARK(flipped(4096 + SLOT)),
    CHECKSUM(flipped(4096 + 5)),
    PLACE(flipped(4096 + 2 * SLOT + 8)),
    ROW(flipped(4096 + 16)),
    BEHIND_THE_LAST_ROW(whole -> flipped(whole.length - 1).apply(whole)),
    A_BLOCK_IN_THE_PLACE_OF_ANOTHER(
        whole -> {
          byte[] damaged = whole.clone();
          System.arraycopy(whole, 4096, damaged, 4096 + SLOT, SLOT);
          return damaged;
        }),
    ZEROS(
        whole -> {
          byte[] damaged = whole.clone();
          Arrays.fill(damaged, 4096 + SLOT, 4096 + 2 * SLOT, (byte) 0);
          return damaged;
        });

    private final UnaryOperator<byte[]> change;

    Damage(UnaryOperator<byte[]> change) {
      this.change = change;
    }

    private static UnaryOperator<byte[]> flipped(int at) {
      return whole -> {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) 0x80;
        return damaged;
      };
    }
  }

  /** Bytes of a block: mark, checksum, place, and rows of three numbers. */
  private static final int SLOT = 16 + KnowledgeFile.BLOCK * 3 * Float.BYTES;

  @ParameterizedTest
  @EnumSource
  void what_is_damaged_is_seen_and_the_next_run_leaves_the_file_as_it_was(Damage damage)
      throws IOException {
    Path path = plain(FillListener.SILENT).path();
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, damage.change.apply(whole));
    KnowledgeCache.Entry entry = new KnowledgeCache(folder).entries().get(0);

    KnowledgeFile mended = plain(FillListener.SILENT);

    if (entry.file() == null) {
      assertThat(entry.problem()).startsWith(path + ": ").contains("kt cache clear ");
    } else {
      assertThat(isWhole(whole, damage)).isFalse();
    }
    assertThat(numbers(mended, 0, 17, 299)).containsExactly(17, 0, 7, 48, 1, 7);
    assertThat(path).hasBinaryContent(whole);
  }

  /** As verify sees it. */
  private boolean isWhole(byte[] whole, Damage damage) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Path file = copy.resolve(new KnowledgeCache(folder).entries().get(0).path().getFileName());
    Files.write(file, damage.change.apply(whole));
    KnowledgeFile damaged = KnowledgeFile.open(file);
    int views = damaged.views();
    return views == 1 && damaged.blocks(views).good().cardinality() == 3;
  }

  @Test
  void a_description_that_is_none_is_a_damaged_one() throws IOException {
    Path path = plain(FillListener.SILENT).path();
    byte[] whole = Files.readAllBytes(path);
    int length = ByteBuffer.wrap(whole).getInt(8);
    String json = new String(whole, 16, length, StandardCharsets.UTF_8);
    List<String> others =
        new ArrayList<>(List.of("null", "[]", "{}", "{", "7", "\"key\"", json + "}"));
    for (String key : List.of("key", "term", "teacher", "data", "augmentation", "precision")) {
      others.add(json.replaceFirst("\"" + key + "\":\"[^\"]*\"", "\"" + key + "\":null"));
      others.add(json.replaceFirst("\"" + key + "\":\"[^\"]*\",", ""));
    }
    others.add(json.replace("\"pictures\":300", "\"pictures\":0"));
    others.add(json.replace("\"pictures\":300", "\"pictures\":-300"));
    others.add(json.replaceFirst("\"axes\":\\[[^]]*]", "\"axes\":[0]"));
    others.add(json.replaceFirst("\"axes\":\\[[^]]*]", "\"axes\":[null]"));
    others.add(json.replaceFirst("\"axes\":\\[[^]]*]", "\"axes\":[999999999,999999999,99999]"));
    others.add(json.replaceFirst("\"layout\":\\{.*}", "\"layout\":{\"parts\":[]}}"));
    others.add(json.replaceFirst("\"layout\":\\{.*}", "\"layout\":null}"));

    for (String other : others) {
      assertThat(other).isNotEqualTo(json);
      Files.write(path, described(other, whole));
      assertThat(new KnowledgeCache(folder).entries().get(0).problem())
          .as(other)
          .startsWith(path + ": its description is damaged: ")
          .doesNotContain("org.kt4j");
      plain(FillListener.SILENT);
      assertThat(path).hasBinaryContent(whole);
    }
  }

  /** Another description with its checksum, before the blocks of a file. */
  private static byte[] described(String json, byte[] whole) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(text);
    ByteBuffer file = ByteBuffer.wrap(whole.clone());
    file.putInt(8, text.length).putInt(12, (int) crc.getValue()).position(16).put(text);
    while (file.position() < 4096) {
      file.put((byte) 0);
    }
    return file.array();
  }

  @Test
  void a_file_under_another_name_is_not_taken_for_the_other() throws IOException {
    Path path = plain(FillListener.SILENT).path();
    Path other = Files.copy(path, folder.resolve("pixels-0123456789abcdef.knowledge"));

    assertThatThrownBy(() -> KnowledgeFile.open(other))
        .isInstanceOf(CacheException.class)
        .hasMessageStartingWith(
            other + ": holds other knowledge than its name says, that of a file called *-")
        .hasMessageContaining(path.getFileName().toString().substring("pixels".length()));
  }

  @Test
  void a_folder_in_the_place_of_a_file_is_named_and_left() throws IOException {
    Path path = plain(FillListener.SILENT).path();
    Files.delete(path);
    Files.createDirectory(path);

    assertThat(new KnowledgeCache(folder).entries().get(0).problem())
        .isEqualTo(path + ": is a folder; allowed: a file; fix: remove it");
    assertThatThrownBy(() -> plain(FillListener.SILENT))
        .isInstanceOf(CacheException.class)
        .hasMessage(
            path
                + ": is no file, but the knowledge of term 'pixels' goes there; fix: remove it, or"
                + " name another folder with cache.folder");
    assertThat(path).isEmptyDirectory();
  }

  @Test
  void a_fill_or_a_removal_stopped_anywhere_ends_the_same_the_next_time() throws IOException {
    Path path = plain(FillListener.SILENT).path();
    byte[] whole = Files.readAllBytes(path);
    KnowledgeCache cache = new KnowledgeCache(folder);
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      assertThat(cache.remove(path)).isTrue();
      assertThat(names()).containsExactly(lockName(path));

      stopped = FileSteps.stoppedBefore(step++, () -> plain(FillListener.SILENT));
      plain(FillListener.SILENT);

      assertThat(path).as("stopped before step " + (step - 1)).hasBinaryContent(whole);
      assertThat(names()).containsExactly(lockName(path), path.getFileName().toString());
    }
    // Two flushes and a rename of the description, and a flush of the blocks.
    assertThat(step).isEqualTo(4 + 1);
    for (int killed = 0; FileSteps.stoppedBefore(killed, () -> cache.remove(path)); killed++) {
      assertThat(cache.remove(path)).isTrue();
      assertThat(names()).containsExactly(lockName(path));
      plain(FillListener.SILENT);
    }
  }

  @Test
  void what_a_killed_fill_has_left_before_the_file_was_there_is_cleared_with_all() {
    KnowledgeCache cache = new KnowledgeCache(folder);
    FileSteps.stoppedBefore(1, () -> plain(FillListener.SILENT));
    assertThat(cache.entries()).isEmpty();
    assertThat(names()).anyMatch(name -> name.endsWith(".knowledge.writing"));

    cache.removeUnfinished();
    new KnowledgeCache(folder.resolve("nowhere")).removeUnfinished();

    assertThat(names()).singleElement().asString().endsWith(".lock");
  }

  private static String lockName(Path file) {
    return KnowledgeCache.lock(file).getFileName().toString();
  }

  private List<String> names() {
    return Stream.of(folder.toFile().list()).sorted().toList();
  }

  @Test
  void a_lock_that_a_killed_process_left_keeps_nobody_out() throws IOException {
    Path path = plain(FillListener.SILENT).path();
    Files.delete(path);
    assertThat(KnowledgeCache.lock(path)).exists();

    assertThat(numbers(plain(FillListener.SILENT), 0, 12)).containsExactly(12, 0, 7);
  }

  @Test
  void two_that_want_the_same_at_once_share_the_work() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Counting one = new Counting();
      Counting two = new Counting();
      Future<KnowledgeFile> first = threads.submit(() -> plain(one));
      Future<KnowledgeFile> second = threads.submit(() -> plain(two));

      assertThat(numbers(first.get(), 0, 299)).containsExactly(48, 1, 7);
      assertThat(numbers(second.get(), 0, 299)).containsExactly(48, 1, 7);
      assertThat(one.computed + two.computed).isEqualTo(PICTURES);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_file_that_is_being_filled_is_not_removed() throws IOException {
    KnowledgeFile file = plain(FillListener.SILENT);
    KnowledgeCache cache = new KnowledgeCache(folder);

    try (LockedFile lock = LockedFile.awaited(KnowledgeCache.lock(file.path()))) {
      assertThat(lock).isNotNull();
      assertThat(cache.remove(file.path())).isFalse();
    }

    assertThat(cache.remove(file.path())).isTrue();
    assertThat(cache.entries()).isEmpty();
  }

  @Test
  void a_number_beyond_half_precision_is_told_so() {
    Views views = views(7, Augmentation.none());

    assertThatThrownBy(
            () -> provide(3000, views, Precision.HALF, logitsAlone(1), FillListener.SILENT))
        .isInstanceOf(CacheException.class)
        .hasMessage(
            "term 'scaled': its knowledge of the pictures 0 to 127 holds a number that is not "
                + "finite, at least in half precision, which ends at 65504; fix: cache.precision: "
                + "single");
  }

  @Test
  void half_precision_keeps_eleven_binary_digits() {
    Views views = views(7, Augmentation.none());
    int[] all = java.util.stream.IntStream.range(0, PICTURES).toArray();

    float[] single =
        numbers(
            provide(3, views, Precision.SINGLE, logitsAlone(1 / 7f), FillListener.SILENT), 0, all);
    KnowledgeFile halves =
        provide(3, views, Precision.HALF, logitsAlone(1 / 7f), FillListener.SILENT);
    float[] half = numbers(halves, 0, all);

    for (int i = 0; i < single.length; i++) {
      // To the nearest of numbers that are 2^-10 of their size apart.
      assertThat(half[i]).isCloseTo(single[i], within(Math.abs(single[i]) / 2048));
    }
    assertThat(halves.precision().bytes()).isEqualTo(2);
  }

  @Test
  void a_folder_that_cannot_be_made_is_named(@TempDir Path elsewhere) throws IOException {
    Path file = Files.createFile(elsewhere.resolve("file"));
    KnowledgeCache cache = new KnowledgeCache(file.resolve("cache"));

    assertThatThrownBy(
            () ->
                cache.provide(
                    teacher(3),
                    views(7, Augmentation.none()),
                    Precision.SINGLE,
                    List.of(pixels("pixels")),
                    FillListener.SILENT))
        .isInstanceOf(CacheException.class)
        .hasMessageStartingWith(file.resolve("cache") + ": the cache cannot be read or written")
        .hasMessageContaining("name another folder with cache.folder");
  }

  @Test
  void knowledge_without_a_known_shape_is_refused() {
    KnowledgeRequest unknown =
        new KnowledgeRequest(
            "unknown",
            "unknown",
            List.of("pixels"),
            (tf, mounted) ->
                Knowledge.of(
                    "values",
                    tf.reshape(
                        mounted.tap("pixels"), tf.placeholder(org.tensorflow.types.TInt32.class))));

    assertThatThrownBy(
            () ->
                provide(
                    3,
                    views(7, Augmentation.none()),
                    Precision.SINGLE,
                    unknown,
                    FillListener.SILENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its knowledge 'values' has the shape");
  }

  /** The cache of one of several workers, filled with what both of them compute. */
  private KnowledgeFile provide(Path place, Replicas replicas, FillListener listener) {
    return new KnowledgeCache(place, replicas)
        .provide(
            teacher(3),
            views(7, Augmentation.none()),
            Precision.SINGLE,
            List.of(pixels("pixels")),
            listener)
        .get(0);
  }

  private static byte[] bytesOf(Path place) throws IOException {
    return Files.readAllBytes(new KnowledgeCache(place).entries().get(0).path());
  }

  @Test
  void workers_that_share_a_folder_fill_one_file_that_is_what_one_worker_writes() throws Exception {
    Path alone = Files.createDirectory(folder.resolve("alone"));
    Path together = Files.createDirectory(folder.resolve("together"));
    provide(alone, Replicas.one(), FillListener.SILENT);

    List<KnowledgeFile> files =
        ThreadReplicas.each(2, replicas -> provide(together, replicas, FillListener.SILENT));

    assertThat(bytesOf(together)).isEqualTo(bytesOf(alone));
    assertThat(new KnowledgeCache(together).entries()).hasSize(1);
    assertThat(numbers(files.get(1), 0, 299)).isEqualTo(numbers(files.get(0), 0, 299));
    try (Stream<Path> left = Files.list(together)) {
      assertThat(left.filter(each -> each.getFileName().toString().startsWith(".worker")))
          .isEmpty();
    }
  }

  @Test
  void workers_with_folders_of_their_own_have_a_copy_each() throws Exception {
    Path alone = Files.createDirectory(folder.resolve("alone"));
    provide(alone, Replicas.one(), FillListener.SILENT);

    ThreadReplicas.each(
        3,
        replicas ->
            provide(folder.resolve("of-" + replicas.rank()), replicas, FillListener.SILENT));

    for (int rank = 0; rank < 3; rank++) {
      assertThat(bytesOf(folder.resolve("of-" + rank))).isEqualTo(bytesOf(alone));
    }
  }

  @Test
  void workers_of_which_one_lacks_what_the_other_has_fill_what_is_missing() throws Exception {
    Path first = folder.resolve("of-0");
    provide(first, Replicas.one(), FillListener.SILENT);

    List<Counting> told =
        ThreadReplicas.each(
            2,
            replicas -> {
              Counting counting = new Counting();
              provide(folder.resolve("of-" + replicas.rank()), replicas, counting);
              return counting;
            });

    assertThat(told).extracting(each -> each.computed).containsExactly(300L, 300L);
    assertThat(bytesOf(folder.resolve("of-1"))).isEqualTo(bytesOf(first));
  }

  @Test
  void workers_go_on_where_a_fill_was_killed() throws Exception {
    Path alone = Files.createDirectory(folder.resolve("alone"));
    Path together = folder.resolve("together");
    provide(alone, Replicas.one(), FillListener.SILENT);
    assertThatThrownBy(() -> provide(together, Replicas.one(), new Counting(64)))
        .hasMessage("killed");

    List<Counting> told =
        ThreadReplicas.each(
            2,
            replicas -> {
              Counting counting = new Counting();
              provide(together, replicas, counting);
              return counting;
            });

    assertThat(told).allSatisfy(each -> assertThat(each.computed).isBetween(1L, 299L));
    assertThat(bytesOf(together)).isEqualTo(bytesOf(alone));
  }

  @Test
  void workers_that_find_everything_compute_nothing() throws Exception {
    Path place = folder.resolve("whole");
    provide(place, Replicas.one(), FillListener.SILENT);

    List<Counting> told =
        ThreadReplicas.each(
            2,
            replicas -> {
              Counting counting = new Counting();
              provide(place, replicas, counting);
              return counting;
            });

    assertThat(told).extracting(each -> each.computed).containsExactly(0L, 0L);
  }
}
