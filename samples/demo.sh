#!/bin/sh
# Two services with the agent attached share one team's budget until it is gone.
# Needs a JDK 17 or newer and Maven 3.8 or newer; runs from any directory.
#
#   samples/demo.sh           against a stub provider on loopback
#   samples/demo.sh --live    against the real endpoints, with OPENAI_API_KEY or ANTHROPIC_API_KEY set
set -eu

fail() {
  echo "demo: $*" >&2
  exit 2
}

mode=${1-}
case $mode in
  '' | --live) ;;
  *) fail "'$mode' is not known; the one option is --live" ;;
esac

if [ "$mode" = --live ] && [ -z "${OPENAI_API_KEY-}${ANTHROPIC_API_KEY-}" ]; then
  fail "--live needs OPENAI_API_KEY, ANTHROPIC_API_KEY or both in the environment"
fi

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

command -v mvn > /dev/null || fail "there is no 'mvn' on the PATH; install Maven 3.8 or newer"
if [ -n "${JAVA_HOME-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || fail "there is no 'java' on the PATH; install a JDK 17 or newer"
fi
version=$("$java" -XshowSettings:properties -version 2>&1 |
  sed -n 's/^ *java.specification.version = //p')
case $version in
  1.* | 9 | 1[0-6]) fail "$java is Java $version; the demo needs 17 or newer" ;;
esac

jar=$root/javaagent/target/tokenmeter.jar
classpath=$root/samples/target/classpath.txt

# Builds, and says every few seconds that it is still at it.
build() {
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "== building the agent and the samples (Maven; the first time it also downloads libraries)"
  mvn -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl javaagent,samples -am package > "$log" 2>&1 &
  maven=$!
  trap 'kill "$maven" 2> /dev/null; rm -f "$log"; exit 130' INT TERM
  seconds=0
  while kill -0 "$maven" 2> /dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    if [ $((seconds % 5)) -eq 0 ]; then
      echo "   ${seconds} s: $(sed -n 's/^\[INFO\] Building \(tokenmeter [a-z-]* *[a-z]*\).*/\1/p' "$log" | tail -n 1)"
    fi
  done
  if ! wait "$maven"; then
    grep -E '^\[ERROR\]' "$log" | head -n 30 >&2 || tail -n 30 "$log" >&2
    fail "the build failed; 'mvn verify' in $root shows everything"
  fi
  trap - EXIT INT TERM
  rm -f "$log"
  echo "   built in ${seconds} s"
}

build
[ -f "$jar" ] || fail "the build made no $jar"

# From here on one Java program does everything, starts the others and cleans up behind them.
exec "$java" -cp "$root/samples/target/classes:$(cat "$classpath")" \
  io.tokenmeter.samples.demo.Demo "$jar" $mode
