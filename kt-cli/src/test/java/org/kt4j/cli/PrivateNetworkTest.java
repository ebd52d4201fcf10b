package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateNetworkTest {

  /** Names that nobody outside of this test is asked for. */
  private static final Map<String, List<String>> KNOWN =
      Map.of(
          "inside", List.of("10.1.2.3"),
          "outside", List.of("203.0.113.7"),
          "both", List.of("192.168.0.4", "2001:db8::4"));

  private final List<String> notes = new ArrayList<>();

  /** Of numbers, which Java reads without asking anyone, and of the names above. */
  private static InetAddress[] known(String host) throws UnknownHostException {
    boolean numbers = host.contains(":") || host.matches("[0-9.]+");
    List<String> all = numbers ? List.of(host) : KNOWN.get(host);
    if (all == null) {
      throw new UnknownHostException(host);
    }
    InetAddress[] resolved = new InetAddress[all.size()];
    for (int i = 0; i < resolved.length; i++) {
      resolved[i] = InetAddress.getByName(all.get(i));
    }
    return resolved;
  }

  private void require(String addresses, boolean publicToo) {
    new PrivateNetwork(PrivateNetworkTest::known, notes::add)
        .require("--workers", List.of(addresses.split(",")), Duration.ofSeconds(1), publicToo);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
        "10.0.0.0",
        "10.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "169.254.1.1",
        "[fe80::1]",
        "[fc00::1]",
        "[fdff:ffff::1]",
        "[::ffff:10.0.0.1]",
        "inside"
      })
  void private_addresses_are_accepted(String host) {
    require(host + ":2222", false);

    assertThat(notes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9.255.255.255",
        "11.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "8.8.8.8",
        "[2001:db8::1]",
        "[fbff::1]",
        "[fe00::1]",
        "[::ffff:8.8.8.8]",
        "[::10.0.0.1]",
        "[64:ff9b::a00:1]"
      })
  void all_others_are_refused_unless_the_user_allows_them(String host) {
    assertThatThrownBy(() -> require("inside:2222," + host + ":2222", false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(host + ":2222")
        .hasMessageContaining("is not a private address")
        .hasMessageContaining("then --public-network");

    require("inside:2222," + host + ":2222", true);
  }

  @ParameterizedTest
  @CsvSource({
    "outside:2222, --workers: outside:2222 (203.0.113.7) is not a private address",
    // One of several addresses is enough.
    "both:2222, --workers: both:2222 (2001:db8:0:0:0:0:0:4) is not a private address",
    "8.8.8.8:2222, --workers: 8.8.8.8:2222 is not a private address",
    "0.0.0.0:2222, --workers: 0.0.0.0:2222 is not the address of one machine",
    "224.0.0.1:2222, --workers: 224.0.0.1:2222 is not the address of one machine",
  })
  void the_message_names_the_worker_and_its_address(String address, String message) {
    assertThatThrownBy(() -> require(address, false)).hasMessageStartingWith(message);
  }

  @Test
  void a_name_that_cannot_be_resolved_is_waited_for_and_then_an_error_of_its_own() {
    assertThatThrownBy(() -> require("inside:2222,absent:2223", true))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "--workers: the name absent of the worker absent:2223 cannot be resolved, also after"
                + " 1 s; fix: a name that all workers can resolve, an IP address, or a longer"
                + " --timeout");
    assertThat(notes)
        .containsExactly("waiting until the name absent can be resolved, for at most 1 s");
  }

  @Test
  void a_public_address_is_told_before_an_unknown_name_is_waited_for() {
    assertThatThrownBy(() -> require("absent:2223,outside:2222", false))
        .hasMessageContaining("outside:2222 (203.0.113.7) is not a private address");
    assertThat(notes).isEmpty();
  }

  @Test
  void a_name_that_is_known_later_is_as_good() {
    int[] asked = new int[1];
    PrivateNetwork.Names later =
        host -> {
          if (asked[0]++ == 0) {
            throw new UnknownHostException(host);
          }
          return known("inside");
        };

    new PrivateNetwork(later, notes::add)
        .require("--workers", List.of("pod:2222"), Duration.ofSeconds(20), false);

    assertThat(asked[0]).isEqualTo(2);
  }

  @Test
  void the_first_worker_says_in_one_line_who_may_reach_the_servers() {
    assertThat(PrivateNetwork.warning("inside:2222"))
        .doesNotContain("\n")
        .startsWith(
            "The workers' servers listen on all network interfaces, this one at the port 2222,"
                + " without password or encryption: whoever reaches them can run any program"
                + " there.")
        .endsWith(" Let only the workers reach them (docs/workers.md).");
  }
}
