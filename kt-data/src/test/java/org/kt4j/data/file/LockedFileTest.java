package org.kt4j.data.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LockedFileTest {

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void name_a_file() {
    file = folder.resolve("file");
  }

  @Test
  void a_file_is_locked_once_at_a_time() throws IOException {
    try (LockedFile first = LockedFile.tried(file).orElseThrow()) {
      assertThat(first.channel().isOpen()).isTrue();
      assertThat(LockedFile.tried(file)).isEmpty();
    }

    try (LockedFile second = LockedFile.tried(file).orElseThrow()) {
      assertThat(second.channel().isOpen()).isTrue();
    }
  }

  @Test
  void another_name_of_a_file_means_the_same_lock() throws IOException {
    try (LockedFile first = LockedFile.tried(file).orElseThrow()) {
      assertThat(first.channel().isOpen()).isTrue();

      assertThat(LockedFile.tried(folder.resolve("x/../file"))).isEmpty();
    }
  }

  @Test
  void a_lock_whose_channel_was_closed_by_an_interruption_is_given_back_once() throws IOException {
    LockedFile interrupted = LockedFile.tried(file).orElseThrow();
    interrupted.channel().close();

    interrupted.close();
    interrupted.close();

    try (LockedFile next = LockedFile.tried(file).orElseThrow()) {
      assertThat(next.channel().isOpen()).isTrue();
      assertThat(LockedFile.tried(file)).isEmpty();
    }
  }

  @Test
  void a_lock_of_other_code_in_the_same_process_counts() throws IOException {
    try (FileChannel other =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = other.lock()) {
      assertThat(held.isValid()).isTrue();

      assertThat(LockedFile.tried(file)).isEmpty();
    }

    assertThat(LockedFile.tried(file)).isPresent().get().satisfies(LockedFile::close);
  }

  @Test
  void who_waits_goes_on_when_the_lock_is_given_back() throws Exception {
    LockedFile first = LockedFile.awaited(file);
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try (LockedFile second = LockedFile.awaited(file)) {
                assertThat(second.channel().isOpen()).isTrue();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });

    assertThat(waiting).isNotDone();
    first.close();

    waiting.get(30, TimeUnit.SECONDS);
  }

  @Test
  void a_lock_is_given_back_once() throws IOException {
    LockedFile first = LockedFile.tried(file).orElseThrow();
    first.close();
    first.close();

    try (LockedFile second = LockedFile.tried(file).orElseThrow()) {
      assertThat(second.channel().isOpen()).isTrue();
      assertThat(LockedFile.tried(file)).isEmpty();
    }
  }
}
