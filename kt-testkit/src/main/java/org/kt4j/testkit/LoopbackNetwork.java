package org.kt4j.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network of its own for processes that a test starts. TensorFlow's servers listen on all
 * interfaces, and whoever reaches them can run programs; here there is only the loopback interface,
 * and nobody outside of the test reaches it.
 *
 * <p>It is a network namespace of Linux, made with {@code unshare} and entered with {@code nsenter}
 * (util-linux); {@code ip} (iproute2) or {@code ifconfig} switches its loopback interface on. Where
 * these are missing, or the system does not allow namespaces to this user, processes run in the
 * network of the machine, and one line on the standard error says so.
 */
public final class LoopbackNetwork {

  private static final String MAKE =
      "{ ip link set lo up 2>/dev/null || ifconfig lo up; } && echo up && exec cat";

  private static final int SECONDS = 10;

  private LoopbackNetwork() {}

  /** The namespace, which is there as long as this JVM. */
  private static final class Holder {

    static final List<String> PREFIX = made();

    private static List<String> made() {
      String reason;
      try {
        // It ends when its input does, which is when this JVM ends, however that happens.
        Process holder =
            new ProcessBuilder("unshare", "-rn", "sh", "-c", MAKE)
                .redirectErrorStream(true)
                .start();
        BufferedReader said =
            new BufferedReader(
                new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        List<String> prefix =
            List.of("nsenter", "--preserve-credentials", "-U", "-n", "-t", "" + holder.pid(), "--");
        if ("up".equals(line) && enters(prefix)) {
          return prefix;
        }
        reason = String.valueOf(line);
        holder.destroyForcibly();
      } catch (IOException e) {
        reason = String.valueOf(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        reason = "interrupted";
      }
      System.err.println(
          "no network of their own for the processes of this test, they use the machine's: "
              + reason);
      return List.of();
    }

    private static boolean enters(List<String> prefix) throws IOException, InterruptedException {
      ProcessBuilder entered = new ProcessBuilder(new ArrayList<>(prefix));
      entered.command().add("true");
      Process process = entered.start();
      return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
  }

  /**
   * The words that stand before those of a command, so that it runs in this network; none where
   * there is no such network. All commands of this JVM that are started so reach each other.
   */
  public static List<String> prefix() {
    return Holder.PREFIX;
  }
}
