package org.kt4j.data;

/** Whether images will fit on the heap, asked before they are read instead of when it is full. */
public final class HeapRoom {

  /** The network's feeds and everything else need room as well. */
  private static final double SHARE = 0.8;

  private HeapRoom() {}

  /**
   * Checks that images fit.
   *
   * @param name the data set's name, for the message
   * @param images how many there will be
   * @param shape of each
   * @param instead what to ask for if they do not fit, such as {@code fewer images}
   * @throws DataException when they need more than four fifths of the heap
   */
  public static void require(String name, long images, ImageShape shape, String instead) {
    long needed = images * shape.bytes();
    long heap = Runtime.getRuntime().maxMemory();
    if (needed > SHARE * heap) {
      throw new DataException(
          name
              + ": "
              + images
              + " images of "
              + shape
              + " need "
              + (needed >> 20)
              + " MiB; the heap has "
              + (heap >> 20)
              + " MiB; fix: "
              + instead
              + ", or a larger heap (-Xmx)");
    }
  }
}
