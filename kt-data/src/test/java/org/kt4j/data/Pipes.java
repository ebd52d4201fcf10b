package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Named pipes, where the system has them. */
final class Pipes {

  private Pipes() {}

  /** A pipe that nobody writes to; the test is passed over where there are none. */
  static Path make(Path pipe) throws IOException, InterruptedException {
    assumeThat(File.separatorChar).isEqualTo('/');
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(made.waitFor()).isZero();
    assertThat(Files.exists(pipe)).isTrue();
    return pipe;
  }
}
