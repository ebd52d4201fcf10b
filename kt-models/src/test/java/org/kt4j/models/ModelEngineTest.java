package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    Path file = Files.createFile(folder.resolve("net.pt"));

    assertThatThrownBy(() -> DjlModel.open(file, ModelEngine.PYTORCH, null, List.of("0")))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": needs DJL's PyTorch engine, which is not on the class path; fix: add"
                + " ai.djl.pytorch:pytorch-engine:0.36.0 with pytorch-native-cpu and pytorch-jni, or"
                + " with ./kt: KT_PROFILES=pytorch ./kt ...");
    assertThat(System.getProperty("ai.djl.offline")).isNull();
  }
}
