#!/usr/bin/env bash
# The kt command, run from where you are. In a checkout it first builds what is missing or older than its
# sources; in an unpacked archive, as bin/kt, it runs what is there.
set -euo pipefail
# With it, cd may go elsewhere, and prints where.
unset CDPATH

source="${BASH_SOURCE[0]}"
while [ -L "$source" ]; do
  link="$(readlink -- "$source")"
  case "$link" in
    /*) source="$link" ;;
    *) source="$(dirname -- "$source")/$link" ;;
  esac
done
home="$(cd -- "$(dirname -- "$source")" && pwd)"
# An archive has a file that says what it is; a checkout has none.
platform=''
if [ "$(basename -- "$home")" = bin ] && [ -f "$home/../release" ]; then
  home="$(dirname -- "$home")"
  platform="$(sed -n 's/^PLATFORM=//p' "$home/release")"
  version="$(sed -n 's/^VERSION=//p' "$home/release")"
fi

fail() {
  echo "kt: $1" >&2
  exit 1
}

# A JVM takes the encoding of file names and of its output from the locale. Here it is the same for
# all, or two files of one folder could have one name, and a run be found by some users only.
is_utf8() {
  [ -n "$1" ] && [ "$(env LC_ALL="$1" locale charmap 2>/dev/null)" = UTF-8 ]
}
settle_locale() {
  local each
  for each in C.UTF-8 en_US.UTF-8 "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}"; do
    if is_utf8 "$each"; then
      export LC_ALL="$each"
      return
    fi
  done
  each="$(locale -a 2>/dev/null | grep -i -m 1 'utf-\{0,1\}8' || true)"
  if is_utf8 "$each"; then
    export LC_ALL="$each"
  else
    echo "kt: there is no UTF-8 locale, so names of files with other letters than a to z are not found; install one, such as C.UTF-8 or en_US.UTF-8" >&2
  fi
}
if command -v locale >/dev/null; then
  settle_locale
else
  export LC_ALL=C.UTF-8
fi

# Prints a folder that belongs to this user alone.
own_folder() {
  local each
  for each in "${XDG_CACHE_HOME:-${HOME:-/}/.cache}" "${TMPDIR:-/tmp}"; do
    case "$each" in
      *:*) continue ;;
      /*) each="$each/kt4j-$(id -u)" ;;
      *) continue ;;
    esac
    mkdir -p -m 700 -- "$each" 2>/dev/null || continue
    if [ -O "$each" ] && [ -w "$each" ] && [ ! -L "$each" ]; then
      printf '%s' "$each"
      return
    fi
  done
  return 1
}

# No class path can hold a colon: such a folder is used through a link with another name.
case "$home" in
  *:*)
    folder="$(own_folder)" ||
      fail "$home has a colon in its path, which no Java class path can hold, and there is no folder for a link to it; set XDG_CACHE_HOME to a folder that you may write to"
    link="$folder/$(printf '%s' "$home" | cksum | tr ' ' '-')"
    [ "$(readlink -- "$link" || true)" = "$home" ] || ln -sfn -- "$home" "$link"
    home="$link"
    ;;
esac
if [ -n "$platform" ]; then
  built="$home/cache"
  lib="$home/lib"
  needed='Java 17 or newer (a JRE is enough)'
else
  built="$home/kt-cli/target/kt"
  lib="$built/lib"
  needed='a JDK 17 or newer'
fi
stamp="$built/stamp"

# The machine in the words of the archives' names.
machine() {
  local system
  system="$(uname -s) $(uname -m)"
  case "$system" in
    'Linux x86_64' | 'Linux amd64') echo linux-x86_64 ;;
    'Linux aarch64' | 'Linux arm64') echo linux-arm64 ;;
    'Darwin arm64') echo macosx-arm64 ;;
    *) echo "$system" ;;
  esac
}
check_archive() {
  local here
  here="$(machine)"
  case "$here" in
    "$platform") ;;
    linux-x86_64 | linux-arm64 | macosx-arm64)
      fail "this is kt4j for $platform, and this machine is $here; unpack kt4j-$version-$here.tar.gz instead" ;;
    *)
      fail "this is kt4j for $platform, and this machine is $here; there is kt4j for linux-x86_64, linux-arm64 and macosx-arm64" ;;
  esac
  local each
  for each in "$lib"/kt-cli-*.jar "$lib"/tensorflow-core-native-*-"$platform".jar; do
    [ -f "$each" ] ||
      fail "$each is missing, so the archive was not unpacked whole; unpack kt4j-$version-$platform.tar.gz again"
  done
}
if [ -n "$platform" ]; then
  check_archive
fi

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java="$JAVA_HOME/bin/java"
else
  java="$(command -v java)" || fail "there is no java; install $needed, or set JAVA_HOME"
fi

# Asking a JVM for its version costs a tenth of a second, so only once per JVM. Who may not write
# there asks each time.
version_of="$built/java"
spec=''
if [ "$(head -n 1 "$version_of" 2>/dev/null)" = "$java" ]; then
  spec="$(sed -n 2p "$version_of")"
fi
if [ -z "$spec" ]; then
  said="$("$java" -XshowSettings:properties -version 2>&1)" ||
    fail "$java does not start: $(printf '%s' "$said" | grep -v '^Picked up' | head -n 1)"
  spec="$(printf '%s\n' "$said" | sed -n 's/^ *java\.specification\.version = //p')"
  case "$spec" in
    '' | *[!0-9]*) spec=8 ;;
  esac
  [ "$spec" -ge 17 ] || fail "$java is older than Java 17; install $needed, or set JAVA_HOME"
  { mkdir -p -- "$built" && printf '%s\n%s\n' "$java" "$spec" >"$version_of"; } 2>/dev/null || true
fi

# Maven profiles to build with, such as pytorch; a comma between two.
profiles="${KT_PROFILES:-}"

# What only prints a list ends before the optimizing compiler and a parallel collector pay.
light=(-Djava.awt.headless=true -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
# A JVM takes classes only from an archive that it has made itself.
archive="$built/classes${java//[:\/]/-}.jsa"
# From Java 22 and 23 on, a JVM warns of native code, and of what Guice does, unless told of it.
allowed=()
[ "$spec" -lt 22 ] || allowed+=(--enable-native-access=ALL-UNNAMED)
[ "$spec" -lt 23 ] || allowed+=(--sun-misc-unsafe-memory-access=allow)

# The stamp holds the profiles of the build. Folders too, so that a deleted file counts.
is_current() {
  local built_with=''
  [ -f "$stamp" ] &&
    [ -d "$built/lib" ] &&
    { read -r built_with <"$stamp" || true; } &&
    [ "$built_with" = "$profiles" ] &&
    [ -z "$(cd -- "$home" && find pom.xml .mvn kt-*/pom.xml kt-*/src/main benchmarks/comparison/pom.xml benchmarks/comparison/src/main -newer "$stamp" -print 2>/dev/null | head -n 1)" ]
}

build() {
  command -v mvn >/dev/null ||
    fail "the sources are newer than what is built, or KT_PROFILES is another, and there is no mvn to build them; install Maven 3.8 or newer"
  # Maven looks in the folder that the list of users names, whatever HOME is.
  if ! [ -w "$(unset HOME; printf '%s' ~)" ]; then
    case "${MAVEN_OPTS:-}" in
      *user.home=* | *maven.repo.local=*) ;;
      *) fail "this user has no home folder for what Maven fetches; set MAVEN_OPTS=-Duser.home=FOLDER, or build as another user" ;;
    esac
  fi
  local log="$built/build.log" started="$built/started"
  if [ -d "$built/lib" ]; then
    echo "kt: building what changed (under a minute)" >&2
  else
    echo "kt: building (under a minute; the first time on a machine some minutes, for Maven fetches TensorFlow)" >&2
  fi
  rm -f "$stamp" "$built"/classes*.jsa
  printf '%s\n' "$profiles" >"$started"
  local chosen=()
  [ -z "$profiles" ] || chosen=(--activate-profiles "$profiles")
  if ! (cd -- "$home" && mvn -q -B -ntp -f "$home/pom.xml" package --projects kt-cli --also-make \
    ${chosen[@]+"${chosen[@]}"} -Dmaven.test.skip=true -Dkt.fast=true) >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    fail "the build failed; its output stands above"
  fi
  # As old as the start: what was edited meanwhile is built by the next call.
  mv "$started" "$stamp"
}

# Half the start-up is the loading of classes; an archive of them, made by this JVM for these JARs.
# One that does not fit is passed over in silence, so is one that could not be made.
make_archive() {
  local new="$archive.$$"
  : >"$new"
  "$java" -XX:ArchiveClassesAtExit="$new" "${light[@]}" ${allowed[@]+"${allowed[@]}"} -cp "$lib/*" \
    org.kt4j.cli.Kt methods >>"$built/build.log" 2>&1 </dev/null || true
  mv "$new" "$archive"
}

if [ -z "$platform" ] && ! is_current; then
  mkdir -p -- "$built" 2>/dev/null && [ -w "$built" ] ||
    fail "$home is not built, or its sources are newer than what is built, and this user may not write to $built; build it as a user who may: $home/kt version"
  (
    # Two calls at once: the second waits, and finds the work done.
    if command -v flock >/dev/null; then flock 9; fi
    is_current || build
  ) 9>"$built/lock"
fi
if [ ! -e "$archive" ] && [ -w "$built" ]; then
  make_archive
fi

case "${1:-}" in
  '' | methods | networks | version | help | -*)
    flags=("${light[@]}" -XX:SharedArchiveFile="$archive" -Xlog:disable '-Xlog:all=error,cds*=off:stderr')
    ;;
  *) flags=(-Djava.awt.headless=true) ;;
esac
flags+=(${allowed[@]+"${allowed[@]}"})
if [ -n "$platform" ]; then
  flags+=(-Dkt.archive="$platform")
fi
# Who sets it holds the other end of the standard input, and kt ends when that does.
if [ -n "${KT_PARENT:-}" ]; then
  flags+=(-Dkt.parent="$KT_PARENT")
  unset KT_PARENT
fi
# Other programs take their temporary folder from it; a JVM has to be told.
case "${TMPDIR:-}:${JAVA_TOOL_OPTIONS:-}" in
  *java.io.tmpdir=*) ;;
  /*) flags+=(-Djava.io.tmpdir="$TMPDIR") ;;
esac

exec "$java" "${flags[@]}" -cp "$lib/*" org.kt4j.cli.Kt "$@"
