package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Path;

/** One kind of damage. */
interface Mutation {

  /** Spoils a file in its place. */
  Change apply(Path file, Dice dice) throws IOException;
}
