package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Description;

class OptionsListingTest {

  enum Kernel {
    LINEAR,
    POLYNOMIAL
  }

  record Crop(int size) {}

  record Options(
      @Description("kernel of the discrepancy") Kernel kernel,
      @Description("teacher tap: student tap") Map<String, String> layers,
      double sigmaSquared,
      boolean normalise,
      String note,
      @Nullable Path file,
      List<Integer> sizes,
      Crop crop) {}

  @Test
  void a_listing_has_key_type_default_and_description() {
    Options defaults =
        new Options(
            Kernel.POLYNOMIAL,
            Map.of("stage3.pre-relu", "stage3"),
            1e-4,
            true,
            "a, b",
            null,
            List.of(1, 2),
            new Crop(32));

    assertThat(OptionsListing.of(defaults))
        .containsExactly(
            new OptionsListing.Line(
                "kernel", "one of linear, polynomial", "polynomial", "kernel of the discrepancy"),
            new OptionsListing.Line(
                "layers", "map of texts", "{stage3.pre-relu: stage3}", "teacher tap: student tap"),
            new OptionsListing.Line("sigma-squared", "number", "0.0001", ""),
            new OptionsListing.Line("normalise", "true or false", "true", ""),
            new OptionsListing.Line("note", "text", "\"a, b\"", ""),
            new OptionsListing.Line("file", "path", "none", ""),
            new OptionsListing.Line("sizes", "list of whole numbers", "[1, 2]", ""),
            new OptionsListing.Line("crop.size", "whole number", "32", ""));
  }
}
