package org.kt4j.engine.training;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.objective.Term;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class SharedWorkTest {

  /** A method that only says of itself whether it relates pictures. */
  private record Says(boolean relatesPictures) implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      throw new UnsupportedOperationException();
    }
  }

  private static List<List<Term>> phases(boolean relates) {
    return List.of(
        List.of(new Term("labels", 1, new Says(false))),
        List.of(new Term("labels", 1, new Says(false)), new Term("pairs", 1, new Says(relates))));
  }

  @Test
  void a_batch_that_all_workers_get_as_many_of_is_shared_out() {
    assertThatCode(() -> SharedWork.require(4, 64, phases(false))).doesNotThrowAnyException();
  }

  @Test
  void a_batch_that_is_no_multiple_is_refused_with_one_that_is() {
    assertThatThrownBy(() -> SharedWork.require(3, 64, phases(false)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("batch-size: 64 ")
        .hasMessageContaining("allowed: a multiple of 3, such as 63");
    assertThatThrownBy(() -> SharedWork.require(8, 4, phases(false)))
        .hasMessageContaining("such as 8");
  }

  @Test
  void a_term_that_relates_pictures_is_for_one_worker() {
    assertThatCode(() -> SharedWork.require(1, 64, phases(true))).doesNotThrowAnyException();
    assertThatThrownBy(() -> SharedWork.require(2, 64, phases(true)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the term 'pairs' relates the pictures of a batch to each other")
        .hasMessageContaining("fix: one worker, or another term");
  }
}
