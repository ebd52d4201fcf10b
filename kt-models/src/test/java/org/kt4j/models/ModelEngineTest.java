package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.model.ModelException;

class ModelEngineTest {

  @Test
  void the_kind_of_file_tells_the_engine(@TempDir Path folder) throws IOException {
    Files.createFile(folder.resolve("saved_model.pb"));

    assertThat(ModelEngine.of(Path.of("a", "net.onnx"))).contains(ModelEngine.ONNX_RUNTIME);
    assertThat(ModelEngine.of(Path.of("NET.ONNX"))).contains(ModelEngine.ONNX_RUNTIME);
    assertThat(ModelEngine.of(Path.of("net.torchscript.pt"))).contains(ModelEngine.PYTORCH);
    assertThat(ModelEngine.of(Path.of("net.pth"))).contains(ModelEngine.PYTORCH);
    assertThat(ModelEngine.of(Path.of("net.torchscript"))).contains(ModelEngine.PYTORCH);
    assertThat(ModelEngine.of(folder)).contains(ModelEngine.TENSORFLOW);
    assertThat(ModelEngine.of(folder.resolve("saved_model.pb"))).contains(ModelEngine.TENSORFLOW);
    assertThat(ModelEngine.of(folder.resolve("weights.npz"))).isEmpty();
    assertThat(ModelEngine.of(Path.of("/"))).isEmpty();
  }

  @Test
  void an_engine_that_is_not_there_is_named_with_its_artifact(@TempDir Path folder)
      throws IOException {
    Assumptions.assumeFalse(Engine.hasEngine("PyTorch"), "the profile shared brings PyTorch");
    Path file = zip(folder.resolve("net.pt"), "net/code/net.py");

    assertThatThrownBy(() -> DjlModel.open(file, ModelEngine.PYTORCH, null, List.of("0")))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": needs DJL's PyTorch engine, which is not on the class path; fix: add"
                + " ai.djl.pytorch:pytorch-engine:0.36.0 with pytorch-native-cpu and pytorch-jni,"
                + " or with ./kt: KT_PROFILES=pytorch ./kt ...");
    assertThat(System.getProperty("ai.djl.offline")).isNull();
  }

  @Test
  void in_an_archive_the_artifacts_go_to_its_folder_of_jars(@TempDir Path folder)
      throws IOException {
    Assumptions.assumeFalse(Engine.hasEngine("PyTorch"), "the profile shared brings PyTorch");
    Path file = zip(folder.resolve("net.pt"), "net/code/net.py");

    System.setProperty("kt.archive", "linux-x86_64");
    try {
      assertThatThrownBy(() -> DjlModel.open(file, ModelEngine.PYTORCH, null, List.of("0")))
          .isInstanceOf(ModelException.class)
          .hasMessageEndingWith(
              "pytorch-engine:0.36.0 with pytorch-native-cpu and pytorch-jni, as JARs in the folder"
                  + " lib of the unpacked archive");
    } finally {
      System.clearProperty("kt.archive");
    }
  }

  private static Path zip(Path file, String... names) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
      }
    }
    return file;
  }

  /** Whether PyTorch is there or not. */
  @Test
  void a_file_that_is_no_torchscript_is_told_before_an_engine_is_asked_for(@TempDir Path folder)
      throws IOException {
    Path weights = zip(folder.resolve("weights.pt"), "archive/data.pkl", "archive/data/0");
    Path empty = Files.createFile(folder.resolve("empty.pt"));
    Path page = Files.writeString(folder.resolve("PAGE.PT"), "<!DOCTYPE html><html></html>");
    byte[] whole = Files.readAllBytes(zip(folder.resolve("whole.pt"), "net/code/net.py"));
    Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length / 2));

    opening(weights)
        .hasMessage(
            weights
                + ": holds no TorchScript, which would have a folder 'code'; a file of torch.save"
                + " holds weights alone or a pickled model; fix: torch.jit.trace(model.eval(),"
                + " example).save(file) in Python");
    opening(empty)
        .hasMessageContaining(": is no whole TorchScript file: it is empty; fix: copy or");
    opening(page)
        .hasMessageContaining(
            ": it is a web page (HTML); fix: download the file itself, or write it with");
    opening(cut)
        .hasMessageContaining(": is no whole TorchScript file: ")
        .hasMessageContaining("fix");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> opening(Path file) {
    return assertThatThrownBy(
            () -> DjlModel.open(file, ModelEngine.of(file).orElseThrow(), null, List.of("0")))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file.toString());
  }
}
