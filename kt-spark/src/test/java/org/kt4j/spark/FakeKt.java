package org.kt4j.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that is called as kt is and does next to nothing: files in its working folder say how
 * it ends, and it leaves there how it was called. As kt it ends when its standard input does.
 */
final class FakeKt {

  private static final String SCRIPT =
      """
      #!/bin/sh
      # Lives until it is killed or the input ends.
      wait_for_ever() { exec cat >/dev/null; }
      command="$1"
      case "$command" in
      train)
        all="$*"
        while [ "$1" != --rank ]; do shift; done
        rank="$2"
        echo $$ >"pid-$rank"
        echo "$all" >>"called-$rank"
        echo "parent $KT_PARENT threads $TF_NUM_INTRAOP_THREADS" >"environment-$rank"
        if [ -f "fail-$rank" ]; then
          while [ -f hang ] && ! [ -f pid-0 ]; do sleep 0.1; done
          cat "fail-$rank" >&2
          status="$(cat "status-$rank")"
          [ -f keep ] || rm "fail-$rank"
          exit "$status"
        fi
        [ ! -f hang ] || wait_for_ever
        echo "run folder: runs/c/seed-1" ;;
      compare)
        echo "$*" >>"called"
        for last in "$@"; do :; done
        case "$*" in
        *--list)
          while read -r name first; do
            complete=false
            [ ! -f "$name.done" ] || complete=true
            echo "{\\"run\\":\\"$name\\",\\"folder\\":\\"$name\\",\\"suite\\":\\"runs/s\\",\\"complete\\":$complete,\\"first-for\\":\\"$first\\"}"
          done <suite ;;
        *--only*)
          if [ -f "$last.fail" ]; then echo "kt: loss is not finite" >&2; exit 1; fi
          touch "$last.done" ;;
        *--first-for*)
          if [ -f "$last.teacher-fails" ]; then echo "kt: the teacher is weak" >&2; exit 1; fi ;;
        esac ;;
      report)
        echo "$*" >>"called"
        echo "page: $2/report.html" ;;
      predict)
        echo "$*" >>"called"
        if [ ! -d "$2" ]; then echo "kt: $2: there is no such folder" >&2; exit 2; fi
        [ ! -f "break" ] || { rm "break"; echo "kt: the memory is not enough" >&2; exit 1; }
        status=0
        between='['
        for file in "$3"/*; do
          content="$(cat "$file")"
          if [ "$content" = bad ]; then
            echo "kt: $file: cannot be read (no picture); passed over" >&2
            status=2
          else
            printf '%s{"picture":"%s","classes":[{"class":"%s","probability":0.5}]}' "$between" "$file" "$content"
            between=','
          fi
        done
        [ "$between" = ',' ] || printf '['
        echo ']'
        exit $status ;;
      esac
      """;

  private final Path folder;

  private FakeKt(Path folder) {
    this.folder = folder;
  }

  /** Puts it into a folder, in which it works too. */
  static FakeKt in(Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("kt"), SCRIPT);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("c.yaml"), "");
    return new FakeKt(folder);
  }

  Path folder() {
    return folder;
  }

  /** Lets a rank fail once. */
  void fails(int rank, int status, String said) throws IOException {
    write("fail-" + rank, said);
    write("status-" + rank, Integer.toString(status));
  }

  void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  List<String> lines(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }

  /** The process of a rank, once it has begun. */
  ProcessHandle process(int rank) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    List<String> id = lines("pid-" + rank);
    while (id.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(50);
      id = lines("pid-" + rank);
    }
    return ProcessHandle.of(Long.parseLong(id.get(0))).orElseThrow();
  }

  /** Whether the process of a rank has ended, or ends within seconds. */
  boolean ends(int rank) throws IOException, InterruptedException {
    long id = Long.parseLong(lines("pid-" + rank).get(0));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }
}
