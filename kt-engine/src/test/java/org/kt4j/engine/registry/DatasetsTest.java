package org.kt4j.engine.registry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.MemoryImages;
import org.kt4j.data.Normalization;

class DatasetsTest {

  /** Options without a choice. */
  record None() {}

  private static final class Fixed implements DatasetProvider<None> {

    private final int train;
    private final int test;

    Fixed(int train, int test) {
      this.train = train;
      this.test = test;
    }

    @Override
    public String name() {
      return "fixed";
    }

    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public None defaults() {
      return new None();
    }

    @Override
    public DataSplits open(None options) {
      return new DataSplits(images("train", train), images("held-out", 0), images("test", test));
    }

    @Override
    public Normalization defaultNormalization() {
      return Normalization.imageNet();
    }

    private static ImageDataset images(String part, int size) {
      return new MemoryImages(
          "fixed " + part,
          new ImageShape(1, 1, 1),
          List.of("a", "b"),
          new byte[size][1],
          new int[size]);
    }
  }

  @Test
  void nothing_to_test_or_to_train_on_is_an_error() {
    assertThatThrownBy(() -> opened(2, 0))
        .isInstanceOf(DataException.class)
        .hasMessage("fixed test: holds no picture to test on; expected: at least 1");
    assertThatThrownBy(() -> opened(0, 2))
        .isInstanceOf(DataException.class)
        .hasMessage("fixed train: holds no picture to train on; expected: at least 1");
  }

  private static DataSplits opened(int train, int test) {
    return new Datasets(Set.of(new Fixed(train, test))).open("fixed", new None());
  }
}
