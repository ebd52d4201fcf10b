package org.kt4j.cluster;

/** Where a worker's server listens. */
record Address(String host, int port) {

  /** Reads {@code host:port}, which has been checked; an IPv6 address stands in brackets. */
  static Address of(String text) {
    int colon = text.lastIndexOf(':');
    return new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
