package org.kt4j.data;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Faults of files and connections in words: their own message may be the file's name and nothing
 * else, or null.
 */
public final class ReadFault {

  private ReadFault() {}

  /** Why something cannot be read, fetched or written. */
  public static String reason(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return linkToNothing(missing.getFile()).orElse("it is not there");
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return "a file is in the place of a folder";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    if (e instanceof EOFException) {
      return "it ends early";
    }
    if (e instanceof ConnectException) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause instanceof UnresolvedAddressException
          ? "the server's name is not known"
          : "no connection";
    }
    if (e instanceof FileSystemException fault && fault.getReason() != null) {
      return fault.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static Optional<String> linkToNothing(@Nullable String file) {
    try {
      return file == null || !Files.isSymbolicLink(Path.of(file))
          ? Optional.empty()
          : Optional.of(
              "it is a link to " + Files.readSymbolicLink(Path.of(file)) + ", which is not there");
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }
}
