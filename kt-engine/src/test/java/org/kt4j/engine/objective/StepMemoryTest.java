package org.kt4j.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;

class StepMemoryTest {

  private static final ImageShape PICTURE = new ImageShape(16, 16, 3);

  @Test
  void weights_and_the_maps_of_layers_with_weights_are_counted() {
    try (ImageGraph graph = new ImageGraph(PICTURE)) {
      Variables student = new Variables(graph.tf(), "student", 1);
      Layers nn = Layers.training(graph.tf(), student, graph.tf().constant(0L));
      var images = graph.normalised(graph.tf(), Normalization.imageNet());
      var x = nn.relu(nn.conv("conv", images, Conv.of(8, 3)));
      x = nn.conv("next", x, Conv.of(4, 3).stride(2));
      nn.dense("fc", nn.globalAvgPool(x), 10);

      StepMemory counted = StepMemory.of(graph, student);

      // 3*3*3*8 + 3*3*8*4 + 4*10 + 10 weights; 16*16*8 + 8*8*4 + 10 values.
      assertThat(counted).isEqualTo(new StepMemory(216 + 288 + 50, 2048 + 256 + 10));
    }
  }

  @Test
  void a_step_that_does_not_fit_is_refused_with_its_parts() {
    StepMemory step = new StepMemory(1L << 27, 1 << 20);

    // 2^27 weights and gradients of 4 bytes are 1 GiB, 2^20 values of 256 pictures another one.
    assertThatCode(() -> step.require(256, PICTURE, 2L << 30)).doesNotThrowAnyException();
    assertThatThrownBy(() -> step.require(512, PICTURE, 2L << 30))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "student: a training step needs 3.0 GiB or more: 1.0 GiB for 134,217,728 weights and"
                + " their gradients, and 2.0 GiB for the feature maps of 512 pictures (batch-size);"
                + " this machine has 2.0 GiB; fix: a smaller batch-size, smaller pictures, or a"
                + " network with fewer or narrower layers");
  }

  @Test
  void a_batch_that_no_array_holds_is_refused() {
    StepMemory step = new StepMemory(1, 1);

    assertThatThrownBy(() -> step.require(65_536, new ImageShape(512, 512, 3), Long.MAX_VALUE))
        .hasMessage(
            "batch-size: 65536 pictures of 512x512x3 have more than 2 GiB; allowed: 1 to 2730 of"
                + " this size");
  }
}
