package org.kt4j.engine.graph;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.kt4j.data.file.FileSteps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where JavaCPP, JNA and DJL unpack native code: in the user's home, unless there is none. A JVM
 * calls the home of a user whom the system does not know {@code ?}, which the three take for a
 * folder below the current one; then it is a folder of this user alone in the temporary one.
 */
final class NativeFolders {

  private static final Logger LOG = LoggerFactory.getLogger(NativeFolders.class);

  private NativeFolders() {}

  /** Sets the properties that the user has not set, where the home cannot be used. */
  static void settle() {
    Path home = Path.of(System.getProperty("user.home", "?"));
    if (home.isAbsolute() && Files.isDirectory(home) && Files.isWritable(home)) {
      return;
    }
    try {
      Path folder = own(Path.of(System.getProperty("java.io.tmpdir")));
      Map.of(
              "org.bytedeco.javacpp.cachedir", folder.resolve("javacpp"),
              "jna.tmpdir", folder.resolve("jna"),
              "DJL_CACHE_DIR", folder.resolve("djl"))
          .forEach(
              (property, value) -> {
                if (System.getProperty(property) == null && System.getenv(property) == null) {
                  System.setProperty(property, value.toString());
                }
              });
      LOG.debug("there is no home folder to write to; native code is unpacked in {}", folder);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("there is neither a home folder to write to nor one in its place", e);
    }
  }

  /** The same folder for each process of this user, or a new one where another user took it. */
  static Path own(Path temporary) throws IOException {
    var forOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path mine = Files.createTempDirectory(temporary, "kt4j-", forOwner);
    Object uid = Files.getAttribute(mine, "unix:uid");
    Path folder = temporary.resolve("kt4j-native-" + uid);
    try {
      Files.createDirectory(folder, forOwner);
    } catch (FileAlreadyExistsException e) {
      Set<PosixFilePermission> allowed =
          Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
      boolean safe =
          Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
              && uid.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
              && !allowed.contains(PosixFilePermission.GROUP_WRITE)
              && !allowed.contains(PosixFilePermission.OTHERS_WRITE);
      if (!safe) {
        return mine;
      }
    }
    FileSteps.delete(mine);
    return folder;
  }
}
