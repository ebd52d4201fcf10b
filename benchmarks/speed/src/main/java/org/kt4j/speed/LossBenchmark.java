package org.kt4j.speed;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A loss on one pair of maps. Before anything is timed, its value and gradient are held against the
 * broadcast form on as many images as that form can hold.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class LossBenchmark {

  /** Sums of up to four million float32 products, added in another order. */
  private static final double TOLERANCE = 1e-3;

  /** What the broadcast form may hold at once while results are compared. */
  private static final long ROOM = 3L << 30;

  /** A {@link LossShape}. */
  @Param("SMOKE")
  public String shape = "";

  /** A term as in a configuration, or {@code broadcast} and a kernel. */
  @Param("broadcast polynomial")
  public String method = "";

  private @Nullable LossGraph graph;

  /** Builds the graph. */
  @Setup(Level.Trial)
  public void build() {
    LossShape maps = LossShape.valueOf(shape);
    String name = LossMethods.nameOf(method);
    if (name.equals("nst")) {
      requireEqual(maps);
    } else if (PairwiseForm.comparable(name, maps)) {
      requireEqual(maps, maps.batch());
    }
    graph = new LossGraph(LossMethods.of(method), maps, maps.batch());
  }

  private void requireEqual(LossShape maps) {
    int pictures = maps.batch();
    while (pictures > 1 && maps.broadcastBytes(pictures) > ROOM) {
      pictures /= 2;
    }
    if (maps.broadcastBytes(pictures) > LossMethods.room()) {
      return; // Not even one image fits: checked on the other shapes.
    }
    requireEqual(maps, pictures);
  }

  private void requireEqual(LossShape maps, int pictures) {
    try (LossGraph ours = new LossGraph(LossMethods.of(method), maps, pictures);
        LossGraph baseline =
            new LossGraph(LossMethods.of(LossMethods.baselineOf(method)), maps, pictures)) {
      ours.requireEqual(baseline, TOLERANCE);
    }
  }

  /** Closes what is native. */
  @TearDown(Level.Trial)
  public void close() {
    LossMethods.required(graph).close();
  }

  /** The value alone. */
  @Benchmark
  public float forward() {
    return LossMethods.required(graph).forward();
  }

  /** Value and gradient. */
  @Benchmark
  public float forwardAndBackward() {
    return LossMethods.required(graph).forwardAndBackward();
  }
}
