package org.kt4j.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.engine.replica.ReplicaException;
import org.kt4j.engine.replica.Workers;

/** The servers of the other workers, looked at from outside of TensorFlow. */
final class Peers {

  /** What a client of HTTP/2 begins with, and its empty settings; a server answers by its own. */
  private static final byte[] GREETING =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final int ANSWER_WITHIN_MS = 2000;

  private final Workers workers;

  Peers(Workers workers) {
    this.workers = workers;
  }

  String name(int rank) {
    return "worker " + rank + " (" + workers.addresses().get(rank) + ")";
  }

  /**
   * Waits until the servers of all workers answer. TensorFlow itself would wait for one that never
   * comes without end.
   *
   * @throws ReplicaException naming those that do not in time
   */
  void await() {
    long end = System.nanoTime() + workers.timeout().toNanos();
    List<Integer> missing = others();
    while (true) {
      missing.removeIf(this::answers);
      if (missing.isEmpty()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new ReplicaException(
            names(missing)
                + (missing.size() == 1 ? " has" : " have")
                + " not come within "
                + seconds(workers.timeout())
                + "; fix: start "
                + (missing.size() == 1 ? "it" : "them")
                + " with the same --workers and another --rank, let its port be reached from here,"
                + " or wait longer with --timeout");
      }
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ReplicaException("interrupted while waiting for " + names(missing), e);
      }
    }
  }

  /** The workers whose servers do not answer. */
  List<Integer> silent() {
    List<Integer> silent = others();
    silent.removeIf(this::answers);
    return silent;
  }

  private List<Integer> others() {
    List<Integer> others = new ArrayList<>();
    for (int r = 0; r < workers.addresses().size(); r++) {
      if (r != workers.rank()) {
        others.add(r);
      }
    }
    return others;
  }

  String names(List<Integer> ranks) {
    return String.join(" and ", ranks.stream().map(this::name).toList());
  }

  /** A process that was stopped is connected to by its system all the same, but does not answer. */
  private boolean answers(int rank) {
    Address address = Address.of(workers.addresses().get(rank));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host(), address.port()), ANSWER_WITHIN_MS);
      socket.setSoTimeout(ANSWER_WITHIN_MS);
      socket.getOutputStream().write(GREETING);
      socket.getOutputStream().flush();
      InputStream answer = socket.getInputStream();
      return answer.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  static String seconds(Duration time) {
    return time.toSeconds() + " s";
  }
}
