package org.kt4j.cli.malformed;

import java.io.IOException;

/** One kind of input. */
interface Family {

  String name();

  /** Makes an input in the folder of the case, and says how it is read. */
  Case make(Workspace workspace, Dice dice) throws IOException;
}
