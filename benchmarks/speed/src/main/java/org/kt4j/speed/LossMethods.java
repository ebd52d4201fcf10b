package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;

/** The losses that are measured, by the words that name them on JMH's command line. */
final class LossMethods {

  private static final String BROADCAST = "broadcast ";

  /** Terms on one pair of maps; what reads two layers reads the pair twice. */
  private static final List<String> ON_MAPS =
      """
      attention
      fitnets
      ickd, layers: {map: map}
      fsp, layers: {again: again, map: map}
      cwd, layers: {map: map}
      pkd, layers: {map: map}
      ofd, margin: none, layers: {map: map}
      ab, layers: {map: map}
      ft, layers: {map: map}
      vid, layers: {map: map}
      mgd, layers: {map: map}
      reviewkd, layers: {again: again, map: map}
      """
          .lines()
          .toList();

  /** Terms that compare pictures of a batch. */
  private static final List<String> ON_BATCHES =
      """
      sp, layers: {map: map}
      cc, layers: {map: map}
      rkd, layers: {map: map}
      pkt, layers: {map: map}
      crd, layers: {map: map}
      """
          .lines()
          .toList();

  private static final List<String> ON_LOGITS =
      """
      kd
      dkd
      dist
      wsld
      tf-kd
      """
          .lines()
          .toList();

  /** Those with a live teacher and their own defaults, on top of a training step. */
  static final List<String> ON_STEPS =
      """
      dkd
      dist
      wsld
      tf-kd
      sp
      cc
      rkd
      pkt
      ickd
      fsp
      cwd
      pkd
      ofd, margin: none
      ab
      ft
      crd
      vid
      mgd
      reviewkd
      """
          .lines()
          .toList();

  /** Those that train networks of their own, or keep a memory of all pictures. */
  static final Set<String> LARGE = Set.of("crd", "vid", "mgd", "reviewkd");

  private static final Path MEMORY = Path.of("/proc/meminfo");

  private LossMethods() {}

  /** {@code broadcast KERNEL} or {@code broadcast METHOD}, else a term as in a configuration. */
  static KnowledgeTransfer of(String method) {
    if (!method.startsWith(BROADCAST)) {
      return LossGraph.named(method);
    }
    String form = method.substring(BROADCAST.length());
    return PairwiseForm.METHODS.contains(form) ? new PairwiseForm(form) : new BroadcastForm(form);
  }

  /** The terms beside NST that are measured on a shape. */
  static List<String> on(LossShape shape) {
    if (shape.isLogits()) {
      return ON_LOGITS;
    }
    return shape.batch() == 1
        ? ON_MAPS
        : Stream.concat(ON_MAPS.stream(), ON_BATCHES.stream()).toList();
  }

  /** Some of these, one of each kind. */
  static List<String> some(LossShape shape) {
    return on(shape).stream()
        .filter(method -> Set.of("attention", "ickd", "sp", "crd", "kd").contains(nameOf(method)))
        .toList();
  }

  /** A term without its options. */
  static String nameOf(String method) {
    return method.replaceFirst(",.*", "");
  }

  /** What JMH has let a state build before it measures. */
  static <T> T required(@Nullable T built) {
    if (built == null) {
      throw new IllegalStateException("nothing was built");
    }
    return built;
  }

  /** A term in the broadcast form: by its kernel for NST, else by its name. */
  static String baselineOf(String method) {
    String name = nameOf(method);
    return BROADCAST + (name.equals("nst") ? method.substring(method.lastIndexOf(' ') + 1) : name);
  }

  /**
   * Bytes that a loss may take: three fifths of this machine's memory; 8 GiB where it is unknown.
   */
  static long room() {
    if (!Files.isReadable(MEMORY)) {
      return 8L << 30;
    }
    try (var lines = Files.lines(MEMORY)) {
      return lines
              .filter(line -> line.startsWith("MemTotal:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
              .findFirst()
              .orElse(13L << 30)
          / 5
          * 3;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
