package org.kt4j.cli;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether strangers may reach the workers. TensorFlow's servers listen on all interfaces, and ask
 * nobody for a password.
 */
final class PrivateNetwork {

  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final int BYTE = 0xff;

  private final Names names;
  private final Consumer<String> notes;

  /** What resolves the names of machines, such as {@link InetAddress#getAllByName}. */
  @FunctionalInterface
  interface Names {

    /** All addresses of a machine. */
    InetAddress[] of(String host) throws UnknownHostException;
  }

  /**
   * A look at addresses.
   *
   * @param notes receives what a user who waits wants to know
   */
  PrivateNetwork(Names names, Consumer<String> notes) {
    this.names = names;
    this.notes = notes;
  }

  /**
   * Resolves all addresses. A scheduler may start a worker before it knows the names of the others,
   * so that those are asked for again.
   *
   * @param place where they were given
   * @param addresses {@code host:port} each
   * @param wait for names that cannot be resolved yet
   * @param publicToo whether any address is allowed
   * @throws BadInputException for the first one that is not private, or has no address in time
   */
  void require(String place, List<String> addresses, Duration wait, boolean publicToo) {
    long end = System.nanoTime() + wait.toNanos();
    List<String> unknown = new ArrayList<>(addresses);
    for (boolean told = false; ; told = true) {
      // Not the first one alone: a public address is told of at once.
      unknown.removeIf(each -> isResolved(place, each, publicToo));
      if (unknown.isEmpty()) {
        return;
      }
      if (System.nanoTime() >= end) {
        throw new BadInputException(
            place
                + ": the name "
                + host(unknown.get(0))
                + " of the worker "
                + unknown.get(0)
                + " cannot be resolved, also after "
                + wait.toSeconds()
                + " s; fix: a name that all workers can resolve, an IP address, or a longer"
                + " --timeout");
      }
      if (!told) {
        notes.accept(
            "waiting until the name "
                + host(unknown.get(0))
                + " can be resolved, for at most "
                + wait.toSeconds()
                + " s");
      }
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BadInputException(place + ": interrupted while waiting for " + unknown.get(0));
      }
    }
  }

  private boolean isResolved(String place, String address, boolean publicToo) {
    InetAddress[] resolved;
    try {
      resolved = names.of(host(address));
    } catch (UnknownHostException e) {
      return false;
    }
    for (InetAddress each : resolved) {
      if (each.isAnyLocalAddress() || each.isMulticastAddress()) {
        throw new BadInputException(
            place
                + ": "
                + described(address, each)
                + " is not the address of one machine; fix: the address at which the other workers"
                + " reach this one");
      }
      if (!publicToo && !isPrivate(each)) {
        throw new BadInputException(
            place
                + ": "
                + described(address, each)
                + " is not a private address, and TensorFlow's servers have no password and no"
                + " encryption: whoever reaches the port can run any program there. Nothing was"
                + " started; allowed: loopback and link-local addresses, 10.0.0.0/8, 172.16.0.0/12,"
                + " 192.168.0.0/16, 100.64.0.0/10 and fc00::/7; fix: the private addresses of the"
                + " machines, or a firewall or VPN such as WireGuard that lets only the workers"
                + " reach the ports, and then --public-network");
      }
    }
    return true;
  }

  private static String described(String address, InetAddress resolved) {
    String numbers = resolved.getHostAddress();
    return host(address).equals(numbers) ? address : address + " (" + numbers + ")";
  }

  /** Without the port, and without the brackets of an IPv6 address. */
  private static String host(String address) {
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether no packet from the internet gets there by its address alone. */
  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    int first = bytes[0] & BYTE;
    int second = bytes[1] & BYTE;
    boolean shared =
        address instanceof Inet4Address
            ? first == 100 && (second & 0xc0) == 64 // 100.64.0.0/10, RFC 6598
            : (first & 0xfe) == 0xfc; // fc00::/7, RFC 4193
    return shared
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        // 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16, RFC 1918
        || address.isSiteLocalAddress();
  }

  /**
   * What the first worker says of its server.
   *
   * @param own its address
   */
  static String warning(String own) {
    List<String> open = publicAddressesHere();
    return "The workers' servers listen on all network interfaces, this one at the port "
        + own.substring(own.lastIndexOf(':') + 1)
        + ", without password or encryption: whoever reaches them can run any program there."
        + (open.isEmpty()
            ? ""
            : " This machine has the public address " + String.join(" and ", open) + ".")
        + " Let only the workers reach them (docs/workers.md).";
  }

  private static List<String> publicAddressesHere() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(each -> !isPrivate(each))
          .map(InetAddress::getHostAddress)
          .toList();
    } catch (SocketException e) {
      return List.of(); // Not known; the warning stands.
    }
  }
}
