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

/** What a loss cannot be faster than: a large matrix product, and one pass over both maps. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class ReferenceBenchmark {

  /** A {@link LossShape}. */
  @Param("SMOKE")
  public String shape = "";

  /** Rows and columns of the matrices. */
  @Param("128")
  public int size;

  private @Nullable LossGraph maps;
  private @Nullable MatrixProduct product;

  /** Builds both. */
  @Setup(Level.Trial)
  public void build() {
    LossShape here = LossShape.valueOf(shape);
    maps =
        new LossGraph(
            LossMethods.of(here.isLogits() ? "kd" : "nst, kernel: linear"), here, here.batch());
    product = new MatrixProduct(size);
    product.check();
  }

  /** Closes what is native. */
  @TearDown(Level.Trial)
  public void close() {
    LossMethods.required(maps).close();
    LossMethods.required(product).close();
  }

  /** A product of two square matrices. */
  @Benchmark
  public void matrixProduct() {
    LossMethods.required(product).run();
  }

  /** The three products of the polynomial kernel on the side of the positions, as it runs them. */
  @Benchmark
  public void products() {
    LossMethods.required(maps).products();
  }

  /** Every activation of both maps read, multiplied by a number and written. */
  @Benchmark
  public void pass() {
    LossMethods.required(maps).pass();
  }
}
