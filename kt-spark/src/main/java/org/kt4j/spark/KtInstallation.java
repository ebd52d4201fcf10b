package org.kt4j.spark;

import java.io.File;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where kt is on every machine, and in which folder it works.
 *
 * @param given the script kt, the folder that it is in, or a name that is looked for on the PATH
 * @param folder the working folder, to which relative paths refer
 */
record KtInstallation(String given, String folder) implements Serializable {

  private static final String NAME = "kt";

  /** Tells kt that it ends when its standard input does. */
  private static final String PARENT = "KT_PARENT";

  /**
   * A process of kt that is yet to be started.
   *
   * @param host this machine's name, for messages
   * @throws KtFailure when kt or its working folder is not on this machine
   */
  ProcessBuilder builder(String host, List<String> arguments) {
    Path script = script(host);
    Path working = Path.of(folder);
    if (!Files.isDirectory(working)) {
      throw new KtFailure(
          KtFailure.BAD_INPUT,
          folder
              + ": there is no such folder on "
              + host
              + ", and kt would work in it; fix: start the job in a folder that all machines see at"
              + " the same path, or name one with --dir");
    }
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(working.toFile());
    builder.environment().put(PARENT, Long.toString(ProcessHandle.current().pid()));
    return builder;
  }

  /** Lets a process of kt use this many cores; what the user has set in the environment stays. */
  static void limit(ProcessBuilder builder, int cores) {
    Map<String, String> environment = builder.environment();
    for (String name :
        List.of("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")) {
      environment.putIfAbsent(name, Integer.toString(cores));
    }
  }

  /** What is at a path of the user's, seen from the working folder. */
  Path resolve(String path) {
    return Path.of(folder).resolve(path);
  }

  private Path script(String host) {
    if (given.contains("/") || given.contains(File.separator)) {
      Path path = resolve(given);
      Path script = Files.isDirectory(path) ? path.resolve(NAME) : path;
      if (Files.isExecutable(script)) {
        return script;
      }
      throw new KtFailure(
          KtFailure.BAD_INPUT,
          script
              + (Files.exists(script) ? ": is no program on " : ": there is no such file on ")
              + host
              + "; allowed for --kt: the script kt, or the folder that it is in, at the same path"
              + " on every machine");
    }
    String folders = System.getenv().getOrDefault("PATH", "");
    for (String each : folders.split(File.pathSeparator, -1)) {
      Path script = Path.of(each.isEmpty() ? "." : each).resolve(given).toAbsolutePath();
      if (Files.isRegularFile(script) && Files.isExecutable(script)) {
        return script;
      }
    }
    throw new KtFailure(
        KtFailure.BAD_INPUT,
        "there is no program '"
            + given
            + "' on "
            + host
            + ", whose PATH is "
            + folders
            + "; fix: --kt FOLDER, where kt is on every machine");
  }
}
