package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchStreamTest {

  private static final Normalization NORM = new Normalization(List.of(0.5), List.of(0.25));

  @Test
  void an_epoch_holds_every_image_once_with_its_own_pixels_and_label() {
    ImageDataset data = TinyImages.alternating(10);

    try (BatchStream stream = new BatchStream(data, 4, Augmentation.none(), NORM, 1, true, false)) {
      List<Batch> batches = all(stream, 0, 0);

      assertThat(batches).extracting(Batch::size).containsExactly(4, 4, 2);
      int[] seen = batches.stream().flatMapToInt(b -> Arrays.stream(b.indices())).toArray();
      assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(seen).isNotEqualTo(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
      for (Batch batch : batches) {
        assertThat(batch.images()).hasSize(batch.size() * 4);
        for (int i = 0; i < batch.size(); i++) {
          assertThat(batch.labels()[i]).isEqualTo(batch.indices()[i] % 2);
          assertThat(batch.images()[4 * i]).isEqualTo((byte) batch.indices()[i]);
          assertThat(batch.images()[4 * i + 3]).isEqualTo((byte) batch.indices()[i]);
        }
      }
    }
  }

  @Test
  void evaluation_keeps_the_order_and_the_last_short_batch() {
    try (BatchStream stream = BatchStream.evaluation(TinyImages.alternating(5), 2, NORM)) {
      assertThat(all(stream, 0, 0))
          .extracting(b -> Arrays.toString(b.indices()))
          .containsExactly("[0, 1]", "[2, 3]", "[4]");
    }
  }

  @Test
  void training_leaves_the_last_short_batch_out() {
    try (BatchStream stream =
        BatchStream.training(TinyImages.alternating(11), 4, Augmentation.none(), NORM, 1)) {
      assertThat(stream.batchesPerEpoch()).isEqualTo(2);
      assertThat(all(stream, 0, 0)).extracting(Batch::size).containsExactly(4, 4);
    }
  }

  @Test
  void epochs_differ_and_seeds_differ_and_repeating_does_not() {
    ImageDataset data = TinyImages.alternating(50);

    try (BatchStream one = BatchStream.training(data, 5, Augmentation.defaults(), NORM, 1);
        BatchStream again = BatchStream.training(data, 5, Augmentation.defaults(), NORM, 1);
        BatchStream other = BatchStream.training(data, 5, Augmentation.defaults(), NORM, 2)) {
      List<Batch> first = all(one, 0, 0);

      assertSame(all(again, 0, 0), first);
      assertSame(all(one, 0, 0), first);
      assertThat(one.order(1)).isNotEqualTo(one.order(0));
      assertThat(other.order(0)).isNotEqualTo(one.order(0));
    }
  }

  @Test
  void starting_in_the_middle_gives_what_a_whole_run_gives() {
    ImageDataset data = TinyImages.alternating(40);

    try (BatchStream whole = BatchStream.training(data, 4, Augmentation.defaults(), NORM, 7);
        BatchStream resumed = BatchStream.training(data, 4, Augmentation.defaults(), NORM, 7)) {
      all(whole, 0, 0);
      all(whole, 1, 0);
      List<Batch> third = all(whole, 2, 0);

      assertSame(all(resumed, 2, 6), third.subList(6, 10));
      assertThat(all(resumed, 2, 10)).isEmpty();
    }
  }

  @Test
  void an_unfinished_epoch_ends_when_the_next_is_asked_for() {
    try (BatchStream stream = BatchStream.evaluation(TinyImages.alternating(40), 2, NORM)) {
      Iterator<Batch> left = stream.epoch(0, 0);
      left.next();
      Iterator<Batch> taken = stream.epoch(1, 0);

      assertThat(taken.next().indices()).containsExactly(0, 1);
      assertThatThrownBy(left::next)
          .isInstanceOf(CancellationException.class)
          .hasMessage("epoch 0 of tiny was ended");
    }
  }

  @Test
  void batches_are_made_ahead_but_only_a_few() throws Exception {
    AtomicInteger copies = new AtomicInteger();
    ImageDataset counted =
        new Hooked(TinyImages.alternating(100)) {
          @Override
          public void copyImage(int index, byte[] target, int offset) {
            copies.incrementAndGet();
            super.copyImage(index, target, offset);
          }
        };

    try (BatchStream stream = BatchStream.evaluation(counted, 1, NORM)) {
      stream.epoch(0, 0);
      int seen = -1;
      for (int calm = 0; calm < 10; calm = copies.get() == seen ? calm + 1 : 0) {
        seen = copies.get();
        Thread.sleep(20);
      }

      assertThat(seen).as("four waiting and one in the hand").isEqualTo(5);
    }
  }

  @Test
  void a_batch_is_not_touched_after_it_was_handed_over() {
    try (BatchStream stream = BatchStream.evaluation(TinyImages.alternating(20), 2, NORM)) {
      Iterator<Batch> batches = stream.epoch(0, 0);
      Batch first = batches.next();
      byte[] copy = first.images().clone();
      batches.forEachRemaining(b -> assertThat(b.images()).isNotSameAs(first.images()));

      assertThat(first.images()).isEqualTo(copy);
    }
  }

  @Test
  void a_fault_of_the_background_thread_reaches_the_reader_with_the_batch_named() {
    ImageDataset broken =
        new Hooked(TinyImages.alternating(10)) {
          @Override
          public void copyImage(int index, byte[] target, int offset) {
            if (index == 5) {
              throw new IllegalStateException("disk gone");
            }
            super.copyImage(index, target, offset);
          }
        };

    try (BatchStream stream = BatchStream.evaluation(broken, 2, NORM)) {
      Iterator<Batch> batches = stream.epoch(3, 0);
      batches.next();
      batches.next();

      assertThatThrownBy(batches::next)
          .isInstanceOf(DataException.class)
          .hasMessage("tiny: batch 2 of epoch 3: disk gone")
          .hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void an_error_of_the_virtual_machine_stays_one() {
    ImageDataset broken =
        new Hooked(TinyImages.alternating(4)) {
          @Override
          public void copyImage(int index, byte[] target, int offset) {
            throw new OutOfMemoryError("test");
          }
        };

    try (BatchStream stream = BatchStream.evaluation(broken, 2, NORM)) {
      Iterator<Batch> batches = stream.epoch(0, 0);

      assertThatThrownBy(batches::next).isInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void closing_ends_a_waiting_reader_and_the_thread() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Thread> assembler = new CompletableFuture<>();
    ImageDataset stuck =
        new Hooked(TinyImages.alternating(4)) {
          @Override
          public void copyImage(int index, byte[] target, int offset) {
            assembler.complete(Thread.currentThread());
            entered.countDown();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    BatchStream stream = BatchStream.evaluation(stuck, 2, NORM);
    Iterator<Batch> batches = stream.epoch(0, 0);
    CompletableFuture<Batch> reading = CompletableFuture.supplyAsync(batches::next);
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

    stream.close();

    assertThatThrownBy(() -> reading.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(CancellationException.class)
        .hasRootCauseMessage("epoch 0 of tiny was ended");
    Thread thread = assembler.get();
    assertThat(thread.isDaemon()).isTrue();
    thread.join(10_000);
    assertThat(thread.isAlive()).isFalse();
    assertThatThrownBy(() -> stream.epoch(1, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the batch stream of tiny is closed");
  }

  @Test
  void an_interrupted_reader_gets_a_cancellation_and_stays_interrupted() {
    CountDownLatch never = new CountDownLatch(1);
    ImageDataset stuck =
        new Hooked(TinyImages.alternating(4)) {
          @Override
          public void copyImage(int index, byte[] target, int offset) {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };

    try (BatchStream stream = BatchStream.evaluation(stuck, 2, NORM)) {
      Iterator<Batch> batches = stream.epoch(0, 0);
      Thread.currentThread().interrupt();

      assertThatThrownBy(batches::next).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void reading_past_the_end_is_an_error() {
    try (BatchStream stream = BatchStream.evaluation(TinyImages.alternating(2), 2, NORM)) {
      Iterator<Batch> batches = stream.epoch(0, 0);
      batches.next();

      assertThat(batches.hasNext()).isFalse();
      assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
      assertThatThrownBy(() -> stream.epoch(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void what_cannot_give_a_batch_is_refused() {
    ImageDataset data = TinyImages.alternating(3);
    Normalization colour = new Normalization(List.of(0., 0., 0.), List.of(1., 1., 1.));

    assertThatThrownBy(() -> BatchStream.training(data, 4, Augmentation.none(), NORM, 1))
        .isInstanceOf(DataException.class)
        .hasMessage("tiny: 3 images do not fill one batch of 4; allowed: a batch size up to 3");
    assertThatThrownBy(() -> BatchStream.evaluation(data, 0, NORM))
        .isInstanceOf(DataException.class)
        .hasMessage("batch size: 0 is not allowed; allowed: at least 1");
    assertThatThrownBy(() -> BatchStream.evaluation(data, 1, colour))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a normalization of 3 channels does not fit images of 2x2x1");
  }

  private static List<Batch> all(BatchStream stream, int epoch, int firstBatch) {
    List<Batch> batches = new ArrayList<>();
    stream.epoch(epoch, firstBatch).forEachRemaining(batches::add);
    return batches;
  }

  private static void assertSame(List<Batch> actual, List<Batch> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).images()).isEqualTo(expected.get(i).images());
      assertThat(actual.get(i).labels()).isEqualTo(expected.get(i).labels());
      assertThat(actual.get(i).indices()).isEqualTo(expected.get(i).indices());
    }
  }

  /** A data set in which a test replaces one method. */
  private abstract static class Hooked implements ImageDataset {
    private final ImageDataset data;

    Hooked(ImageDataset data) {
      this.data = data;
    }

    @Override
    public String name() {
      return data.name();
    }

    @Override
    public ImageShape shape() {
      return data.shape();
    }

    @Override
    public List<String> classes() {
      return data.classes();
    }

    @Override
    public int size() {
      return data.size();
    }

    @Override
    public int label(int index) {
      return data.label(index);
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      data.copyImage(index, target, offset);
    }
  }
}
