package org.kt4j.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.testkit.LoopbackNetwork;

/** In processes of their own, for a server ends with its process only. */
@Timeout(120)
class GrpcReplicasTest {

  private static String addresses() throws IOException {
    List<String> addresses = new ArrayList<>();
    try (ServerSocket first = new ServerSocket(0);
        ServerSocket second = new ServerSocket(0)) {
      addresses.add("localhost:" + first.getLocalPort());
      addresses.add("localhost:" + second.getLocalPort());
    }
    return String.join(",", addresses);
  }

  private static Process peer(int rank, String addresses, int seconds) throws IOException {
    return peer(LoopbackNetwork.prefix(), rank, addresses, seconds);
  }

  private static Process peer(List<String> network, int rank, String addresses, int seconds)
      throws IOException {
    List<String> command = new ArrayList<>(network);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Peer.class.getName(),
            Integer.toString(rank),
            addresses,
            Integer.toString(seconds)));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static List<String> said(Process peer) throws Exception {
    List<String> lines =
        new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(peer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return lines;
  }

  @Test
  void two_workers_get_the_bytes_and_the_means_of_each_other() throws Exception {
    String addresses = addresses();
    Process first = peer(0, addresses, 60);
    Process second = peer(1, addresses, 60);

    List<String> ofFirst = said(first);
    List<String> ofSecond = said(second);

    String[] all = addresses.split(",", -1);
    assertThat(ofFirst).contains("name worker 0 (" + all[0] + ")");
    assertThat(ofSecond).contains("name worker 1 (" + all[1] + ")");
    for (List<String> each : List.of(ofFirst, ofSecond)) {
      assertThat(each)
          .containsSubsequence(
              "all [[-1, -1, -1, -1, -1], [0, 0, 0]]",
              "first [-1, -1, -1, -1, -1]",
              "nothing [0, 0]",
              "large true 9000001",
              "mean [1.5]",
              "mean [1.0, 2.0, 3.0, 6.0]",
              "mean [2.5]",
              "mean [2.5]",
              // x is (0, 2) and (1, 4): its mean (0.5, 3), the slope of both objectives 1.5 of that
              // times two.
              "through [0.5, 3.0]",
              "slope [1.5, 9.0]");
    }
  }

  @Test
  void a_worker_that_never_comes_is_named() throws Exception {
    String addresses = addresses();

    List<String> said = said(peer(0, addresses, 2));

    assertThat(String.join("\n", said))
        .contains(
            "worker 1 ("
                + addresses.split(",", -1)[1]
                + ") has not come within 2 s; fix: start it with the same --workers and another"
                + " --rank, let its port be reached from here, or wait longer with --timeout");
  }

  @Test
  void a_port_that_another_process_uses_is_named_and_nothing_else_is_printed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String own = "localhost:" + taken.getLocalPort();

      // In the network of the port that is taken; nothing listens there, which is the point.
      List<String> said = said(peer(List.of(), 0, own + "," + addresses().split(",", -1)[1], 2));

      assertThat(said)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .endsWith(
                          own
                              + ": this worker cannot listen there (Could not start gRPC server);"
                              + " fix: a port that no other process uses"));
      assertThat(String.join("\n", said)).doesNotContain("Address already in use");
    }
  }

  @Test
  void service_loader_finds_the_provider() {
    assertThat(ServiceLoader.load(ReplicasProvider.class))
        .hasAtLeastOneElementOfType(GrpcReplicasProvider.class);
  }
}
