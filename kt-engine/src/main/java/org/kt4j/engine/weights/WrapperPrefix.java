package org.kt4j.engine.weights;

import java.util.List;
import java.util.Set;

/**
 * What modules around a network put before all of its names: DataParallel and Lightning, {@code
 * torch.compile}, and classes of one's own that hold a network.
 */
final class WrapperPrefix {

  private static final List<String> KNOWN =
      List.of("module.", "model.", "_orig_mod.", "net.", "network.");

  private WrapperPrefix() {}

  /** The known prefixes, one behind the other, that all names have; empty when there is none. */
  static String of(Set<String> names) {
    String prefix = "";
    for (String more = next(names, prefix); !more.isEmpty(); more = next(names, prefix)) {
      prefix += more;
    }
    return prefix;
  }

  private static String next(Set<String> names, String prefix) {
    return KNOWN.stream()
        .filter(known -> !names.isEmpty())
        .filter(known -> names.stream().allMatch(name -> name.startsWith(prefix + known)))
        .findFirst()
        .orElse("");
  }
}
