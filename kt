#!/usr/bin/env bash
# The kt command: builds what is missing or older than its sources, then runs it from where you are.
set -euo pipefail

source="${BASH_SOURCE[0]}"
while [ -L "$source" ]; do
  link="$(readlink "$source")"
  case "$link" in
    /*) source="$link" ;;
    *) source="$(dirname "$source")/$link" ;;
  esac
done
home="$(cd "$(dirname "$source")" && pwd)"
built="$home/kt-cli/target/kt"
stamp="$built/stamp"

fail() {
  echo "kt: $1" >&2
  exit 1
}

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java="$JAVA_HOME/bin/java"
else
  java="$(command -v java)" || fail "there is no java; install a JDK 17 or newer, or set JAVA_HOME"
fi

# Asking a JVM for its version costs a tenth of a second, so only once per JVM.
version_of="$built/java"
if [ "$(head -n 1 "$version_of" 2>/dev/null)" != "$java" ]; then
  spec="$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')"
  case "$spec" in
    '' | *[!0-9]*) spec=8 ;;
  esac
  [ "$spec" -ge 17 ] || fail "$java is older than Java 17; install a JDK 17 or newer, or set JAVA_HOME"
  mkdir -p "$built"
  printf '%s\n%s\n' "$java" "$spec" >"$version_of"
fi

# Maven profiles to build with, such as pytorch; a comma between two.
profiles="${KT_PROFILES:-}"

# What only prints a list ends before the optimizing compiler and a parallel collector pay.
light=(-Djava.awt.headless=true -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

# The stamp holds the profiles of the build. Folders too, so that a deleted file counts.
is_current() {
  local built_with=''
  [ -f "$stamp" ] &&
    { read -r built_with <"$stamp" || true; } &&
    [ "$built_with" = "$profiles" ] &&
    [ -z "$(cd "$home" && find pom.xml .mvn kt-*/pom.xml kt-*/src/main benchmarks/comparison/pom.xml benchmarks/comparison/src/main -newer "$stamp" -print 2>/dev/null | head -n 1)" ]
}

build() {
  command -v mvn >/dev/null ||
    fail "the sources are newer than what is built, or KT_PROFILES is another, and there is no mvn to build them; install Maven 3.8 or newer"
  local log="$built/build.log" started="$built/started"
  if [ -d "$built/lib" ]; then
    echo "kt: building what changed (under a minute)" >&2
  else
    echo "kt: building (under a minute; the first time on a machine some minutes, for Maven fetches TensorFlow)" >&2
  fi
  rm -f "$stamp"
  printf '%s\n' "$profiles" >"$started"
  local chosen=()
  [ -z "$profiles" ] || chosen=(--activate-profiles "$profiles")
  if ! (cd "$home" && mvn -q -B -ntp package --projects kt-cli --also-make \
    ${chosen[@]+"${chosen[@]}"} -Dmaven.test.skip=true -Dkt.fast=true) >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    fail "the build failed; its output stands above"
  fi
  # Half the start-up is the loading of classes; an archive of them, made by this JVM for these JARs.
  # One that does not fit is passed over in silence, so is one that could not be made.
  "$java" -XX:ArchiveClassesAtExit="$built/classes.jsa" "${light[@]}" -cp "$built/lib/*" \
    org.kt4j.cli.Kt methods >>"$log" 2>&1 </dev/null || true
  # As old as the start: what was edited meanwhile is built by the next call.
  mv "$started" "$stamp"
}

if ! is_current; then
  (
    # Two calls at once: the second waits, and finds the work done.
    if command -v flock >/dev/null; then flock 9; fi
    is_current || build
  ) 9>"$built/lock"
fi

case "${1:-}" in
  '' | methods | networks | version | help | -*)
    flags=("${light[@]}" -XX:SharedArchiveFile="$built/classes.jsa" -Xlog:disable -Xlog:all=error:stderr)
    ;;
  *) flags=(-Djava.awt.headless=true) ;;
esac
# From Java 22 on, a JVM warns of native code that it was not told of.
if [ "$(sed -n 2p "$version_of")" -ge 22 ]; then
  flags+=(--enable-native-access=ALL-UNNAMED)
fi

exec "$java" "${flags[@]}" -cp "$built/lib/*" org.kt4j.cli.Kt "$@"
