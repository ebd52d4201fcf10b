package org.kt4j.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that nobody listens at. */
final class FreePort {

  private FreePort() {}

  /**
   * Takes a port, which is free again when the socket is closed.
   *
   * <p>The range should lie outside of what the system takes for outgoing connections, or one of
   * those may get the port before kt listens at it.
   *
   * @throws KtFailure when all are in use
   */
  static ServerSocket taken(PortRange range, String host) {
    int ports = range.last() - range.first() + 1;
    // Jobs that share a machine do not all begin at the same one.
    int start = ThreadLocalRandom.current().nextInt(ports);
    for (int i = 0; i < ports; i++) {
      int port = range.first() + (start + i) % ports;
      try {
        ServerSocket socket = new ServerSocket();
        try {
          socket.bind(new InetSocketAddress(port));
          return socket;
        } catch (IOException e) {
          socket.close();
        }
      } catch (IOException e) {
        // The next one may do.
      }
    }
    throw new KtFailure(
        KtFailure.FAILED,
        "no port of "
            + range
            + " is free on "
            + host
            + "; fix: another range with --ports FIRST-LAST");
  }
}
