package org.kt4j.engine.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/** Where the storages of tensors lie in a file. */
interface Storages {

  /** The order of the bytes of a number. */
  ByteOrder order();

  /**
   * The bytes of a storage from one on; closed by the caller.
   *
   * @throws IOException when it cannot be read, or is not there
   */
  InputStream open(String key, long from) throws IOException;
}
