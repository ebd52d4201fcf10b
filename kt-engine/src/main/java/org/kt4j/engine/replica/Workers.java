package org.kt4j.engine.replica;

import java.time.Duration;
import java.util.List;

/**
 * Where the workers of one training are.
 *
 * @param addresses of all, {@code host:port}, in their order
 * @param rank which of them this process is
 * @param timeout how long one worker waits for the others in one place
 */
public record Workers(List<String> addresses, int rank, Duration timeout) {

  /** Copies the list. */
  public Workers {
    addresses = List.copyOf(addresses);
  }
}
