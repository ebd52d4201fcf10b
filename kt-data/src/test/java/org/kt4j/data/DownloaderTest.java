package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.Download.RemoteFile;
import org.kt4j.data.file.FileSteps;

@Timeout(60)
class DownloaderTest {

  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir Path temp;

  private Path folder;
  private HttpServer server;
  private final ExecutorService asked = Executors.newCachedThreadPool();
  private byte[] served = CONTENT;
  private boolean ranges = true;
  private int cutAfter = Integer.MAX_VALUE;
  private int cuts;
  private boolean silent;
  private int failures;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final Downloader downloader = new Downloader(2_000, 1);

  @BeforeEach
  void start_a_server() throws IOException {
    folder = temp.resolve("data/set");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(asked);
    server.start();
  }

  @AfterEach
  void stop_the_server() {
    asked.shutdownNow(); // ends what is silent
    server.stop(0);
  }

  @Test
  void a_file_arrives_whole_and_is_not_fetched_twice() throws IOException {
    List<Long> progress = new ArrayList<>();

    downloader.fetch(plain(CONTENT), folder, (file, done, total) -> progress.add(done));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(names()).containsExactly("set.bin");
    assertThat(progress).isSorted().endsWith(300_000L);
    assertThat(requests).hasSize(1);

    fetch(plain(CONTENT));
    assertThat(requests).as("nothing is asked for again").hasSize(1);
  }

  @Test
  void a_part_of_an_earlier_attempt_is_continued() throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("set.bin.part"), Arrays.copyOf(CONTENT, 100_000));

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=100000-");
  }

  @Test
  void a_server_without_ranges_sends_it_all_again() throws IOException {
    ranges = false;
    Files.createDirectories(folder);
    Files.write(folder.resolve("set.bin.part"), new byte[100_000]);

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_part_that_is_too_long_is_started_again() throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("set.bin.part"), new byte[300_001]);

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_cut_connection_is_taken_up_where_it_was_cut() throws IOException {
    cutAfter = 120_000;
    cuts = 2;

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(requests).hasSize(3);
    assertThat(requests.get(1)).startsWith("bytes=");
  }

  @Test
  void a_connection_that_stays_cut_keeps_what_came_and_says_so() throws IOException {
    cutAfter = 10_000;
    cuts = 100;

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("set.bin: the connection was cut")
        .hasMessageContaining("from http://")
        .hasMessageContaining("of 300000 bytes are kept")
        .hasMessageEndingWith("fix: check the network, then run it again to continue");
    assertThat(names()).containsExactly("set.bin.part");
    assertThat(Files.size(folder.resolve("set.bin.part"))).isPositive();

    cuts = 0;
    fetch(plain(CONTENT));
    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_server_that_falls_silent_is_left_and_asked_again() throws IOException {
    Downloader impatient = new Downloader(200, 1);
    cutAfter = 120_000;
    cuts = 1;
    silent = true;

    impatient.fetch(plain(CONTENT), folder, (file, done, total) -> {});

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("null", "bytes=120000-");
  }

  @Test
  void nothing_that_came_before_a_cut_is_lost() {
    cutAfter = 10_000;
    cuts = 100;

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("; 40000 of 300000 bytes are kept");
  }

  @Test
  void a_server_that_fails_for_a_moment_is_asked_again() throws IOException {
    failures = 2;

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void a_wrong_checksum_leaves_no_file() throws IOException {
    served = CONTENT.clone();
    served[7] ^= 1;

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("sha256 " + sha256(served))
        .hasMessageContaining("expected: " + sha256(CONTENT))
        .hasMessageContaining("it was deleted");
    assertThat(names()).isEmpty();
  }

  @Test
  void a_file_of_another_size_is_refused_before_it_is_received() throws IOException {
    served = Arrays.copyOf(CONTENT, 200_000);

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the server's file has 200000 bytes; expected: 300000");
    assertThat(folder.resolve("set.bin")).doesNotExist();
    assertThat(requests).hasSize(1);
  }

  @Test
  void a_missing_file_is_an_error_at_once() {
    Download download =
        new Download(
            uri("/"), List.of(RemoteFile.plain(uri("/missing.bin"), sha256(CONTENT), 300_000)));

    assertThatThrownBy(() -> fetch(download))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("missing.bin: the server answered with status 404");
    assertThat(requests).hasSize(1);
  }

  @Test
  void a_redirect_is_followed() throws IOException {
    Download download =
        new Download(
            uri("/"), List.of(RemoteFile.plain(uri("/moved/set.bin"), sha256(CONTENT), 300_000)));

    fetch(download);

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void no_server_at_all_is_an_error_that_names_it() {
    server.stop(0);

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("set.bin: no answer: ")
        .hasMessageContaining("from " + uri("/set.bin"));
  }

  @Test
  void a_damaged_file_under_the_final_name_is_replaced() throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("set.bin"), new byte[300_000]);

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
  }

  @Test
  void two_downloads_at_once_share_what_one_of_them_brings() throws Exception {
    List<Future<?>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(asked.submit(() -> fetch(plain(CONTENT))));
    }
    for (Future<?> each : both) {
      each.get();
    }

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(requests).hasSize(1);
    assertThat(names()).containsExactly("set.bin");
  }

  @Test
  void the_part_of_another_file_is_given_up_for_the_whole_one() throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("set.bin.part"), new byte[100_000]);

    fetch(plain(CONTENT));

    assertThat(folder.resolve("set.bin")).hasBinaryContent(CONTENT);
    assertThat(requests).containsExactly("bytes=100000-", "null");
  }

  @Test
  void a_download_stopped_anywhere_ends_the_same() throws IOException {
    served = archive(entry("set/a.bin", 1, 2), entry("set/b.bin", 3));
    Download download = archived(packed("set/a.bin", 1, 2), packed("set/b.bin", 3));
    boolean stopped = true;
    int step = 0;
    while (stopped) {
      folder = temp.resolve("stopped-" + step);

      stopped = FileSteps.stoppedBefore(step++, () -> fetch(download));
      fetch(download);

      assertThat(names()).as("stopped before step " + (step - 1)).containsExactly("a.bin", "b.bin");
      assertThat(folder.resolve("a.bin")).hasBinaryContent(TinyImages.bytes(1, 2));
      assertThat(folder.resolve("b.bin")).hasBinaryContent(TinyImages.bytes(3));
    }
    // Three for each of three files, and the deletion of the archive.
    assertThat(step).isEqualTo(11);
  }

  @Test
  void a_folder_that_cannot_be_made_is_an_error() throws IOException {
    Files.createDirectories(temp.resolve("data"));
    Files.writeString(folder, "a file");

    assertThatThrownBy(() -> fetch(plain(CONTENT)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder + ": cannot be made");
  }

  @Test
  void the_named_files_of_an_archive_are_unpacked_and_nothing_else() throws IOException {
    served =
        archive(
            entry("../evil.bin", 9),
            entry("set/a.bin", 1, 2),
            entry("set/readme.html", 5),
            entry("set/b.bin", 3));

    fetch(archived(packed("set/a.bin", 1, 2), packed("set/b.bin", 3)));

    assertThat(names()).containsExactly("a.bin", "b.bin");
    assertThat(folder.resolve("a.bin")).hasBinaryContent(TinyImages.bytes(1, 2));
    assertThat(temp.resolve("data/evil.bin")).doesNotExist();

    fetch(archived(packed("set/a.bin", 1, 2), packed("set/b.bin", 3)));
    assertThat(requests).as("what was unpacked is not fetched again").hasSize(1);
  }

  @Test
  void a_wrong_file_inside_an_archive_is_not_put_in_place() throws IOException {
    served = archive(entry("set/a.bin", 1, 2));

    assertThatThrownBy(() -> fetch(archived(packed("set/a.bin", 1, 3))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("set/a.bin has the sha256 ");
    assertThat(folder.resolve("a.bin")).doesNotExist();
    assertThat(folder.resolve("a.bin.part")).doesNotExist();
  }

  @Test
  void a_file_that_is_not_in_the_archive_is_an_error() throws IOException {
    served = archive(entry("set/a.bin", 1, 2));

    assertThatThrownBy(() -> fetch(archived(packed("set/b.bin", 1))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the archive does not hold [set/b.bin]");
  }

  @Test
  void names_with_folders_and_wrong_digests_are_refused() {
    assertThatThrownBy(() -> new RemoteFile(uri("/x"), sha256(CONTENT), 1, "../x", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'../x' is not a plain file name");
    assertThatThrownBy(() -> new PackedFile("a/..", sha256(CONTENT), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RemoteFile.plain(uri("/x"), "abc", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'abc' is not 64 hexadecimal digits");
  }

  private void fetch(Download download) {
    downloader.fetch(download, folder, (file, done, total) -> {});
  }

  private Download plain(byte[] expected) {
    return new Download(
        uri("/"), List.of(RemoteFile.plain(uri("/set.bin"), sha256(expected), expected.length)));
  }

  private Download archived(PackedFile... files) {
    return new Download(
        uri("/"),
        List.of(
            RemoteFile.archive(uri("/set.tar.gz"), sha256(served), served.length, List.of(files))));
  }

  private static PackedFile packed(String entry, int... content) {
    return new PackedFile(entry, sha256(TinyImages.bytes(content)), content.length);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String name, byte[] content) {}

  private static Entry entry(String name, int... content) {
    return new Entry(name, TinyImages.bytes(content));
  }

  private static byte[] archive(Entry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Entry entry : entries) {
        TarArchiveEntry header = new TarArchiveEntry(entry.name(), true);
        header.setSize(entry.content().length);
        tar.putArchiveEntry(header);
        tar.write(entry.content());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** All but the lock, which stays. */
  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".download.lock"))
          .sorted()
          .toList();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith("/moved/")) {
        exchange.getResponseHeaders().set("Location", path.substring("/moved".length()));
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      @Nullable String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(String.valueOf(range));
      if (failures > 0) {
        failures--;
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      if (path.contains("missing")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      int from = 0;
      if (ranges && range != null) {
        from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range", "bytes " + from + "-" + (served.length - 1) + "/" + served.length);
      }
      int length = served.length - from;
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, length);
      int sent = length;
      if (cuts > 0) {
        cuts--;
        sent = Math.min(length, cutAfter);
      }
      exchange.getResponseBody().write(served, from, sent);
      exchange.getResponseBody().flush();
      if (silent && sent < length) {
        new CountDownLatch(1).await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
