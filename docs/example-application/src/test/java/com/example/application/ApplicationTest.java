package com.example.application;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {

  @TempDir private Path folder;

  @Test
  void it_trains_exports_and_predicts() {
    List<String> answers = new Application(folder).run();

    assertTrue(Files.exists(folder.resolve("own/result.json")));
    assertEquals(2, answers.size());
    assertTrue(answers.get(0).contains("level"), answers::toString);
    assertTrue(answers.get(1).contains("upright"), answers::toString);
  }
}
