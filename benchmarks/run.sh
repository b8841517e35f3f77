#!/usr/bin/env bash
# Runs one benchmark. Builds what it needs first; needs a JDK 17 or newer and Maven.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: benchmarks/run.sh BENCHMARK [OPTION VALUE]...

Benchmarks:
  agent     latency that the agent adds to a call of openai-java, beside the OpenTelemetry agent
              --rounds N     turns of each variant at each kind of call (60)
              --calls N      measured calls a turn; a half when streamed, a quarter at 64 KB (200)
              --config FILE  settings for tokenmeter, such as benchmarks/two-budgets.yaml (none)
  startup   time and memory that the agent adds to a program, beside the OpenTelemetry agent
              --rounds N     counted runs of each program with each variant (9)
  conversation
            counting the 51st turn of a conversation, beside counting the same turn whole
              --rounds N     conversations (400)
  tokenizers
            counting tokens, loading and memory, beside jtokkit and Hugging Face's tokenizers
              --rounds N     new instances that count each kind of text, the best counts (4)
              --corpus DIR   your own texts: prose.txt, code.txt, json.txt, chinese.txt,
                             japanese.txt and russian.txt, in UTF-8 (generated ones, and the
                             sources of this project)
  budgets   cost of a reservation in four shared budgets, beside Bucket4j, local and over Redis
              --rounds N     turns of each contender (40)
  budgets-stress
            processes that spend, are killed, have their clock set and their budgets reloaded
              --seconds N    how long (60)
              --processes N  how many at a time (3)
              --threads N    threads of each process (3)

Options of agent and startup:
  --jar PATH       measure this agent instead of the one of this source tree
  --otel-jar PATH  compare with this agent instead of the release from Maven Central
  --java HOME      run the measured programs on this JDK

Each prints a table and, as its last line, its figures as key=value pairs.
Exit status: 0, or 1 if a benchmark failed, or 2 on a wrong usage.
TEXT
}

case "${1:-}" in
  agent | startup | conversation | tokenizers | budgets | budgets-stress) ;;
  -h | --help)
    usage
    exit
    ;;
  *)
    echo "${1:+unknown benchmark $1; }which benchmark?" >&2
    usage >&2
    exit 2
    ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/benchmarks/target
agent=$root/javaagent/target/tokenmeter.jar
built=$target/built-by-run.sh

is_stale() { # PRODUCT SOURCE...: is the product missing, or older than one of its sources?
  local product=$1
  shift
  [ ! -e "$product" ] || [ -n "$(find "$@" -type f \
    \( -path '*/src/main/*' -o -name pom.xml \) -newer "$product" -print -quit)" ]
}

own_agent=yes
case $1 in conversation | tokenizers | budgets*) own_agent=no ;; esac
for argument in "$@"; do
  [ "$argument" != --jar ] || own_agent=no
done

modules=()
if is_stale "$built" "$root/pom.xml" "$root"/{benchmarks,sdk-api,tokenizers,providers,engine}; then
  modules+=(benchmarks)
fi
if [ $own_agent = yes ] && is_stale "$agent" "$root/pom.xml" \
  "$root"/{sdk-api,tokenizers,providers,engine,otel-exporter,javaagent}; then
  modules+=(javaagent)
fi
if [ ${#modules[@]} -gt 0 ]; then
  list=$(IFS=, && echo "${modules[*]}")
  echo "Building $list with Maven (the first time takes a few minutes) ..." >&2
  (cd "$root" && mvn -q -B -Pbenchmarks -pl "$list" -am package -DskipTests \
    -Dspotless.check.skip) >&2
  [ ! -d "$target/programs" ] || touch "$built"
fi

java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java

if [ "$1" = conversation ]; then
  # In this process: the meter's own classes, with the Jackson of the measured programs.
  exec "$java" -Xmx512m -cp "$target/classes:$root/tokenizers/target/classes:$root/providers/target/classes:$root/sdk-api/target/classes:$target/programs/*" \
    io.tokenmeter.benchmarks.Benchmarks "$@"
fi

if [ "$1" = tokenizers ]; then
  # DJL takes its native library out of its jar and must not look for another one elsewhere.
  DJL_OFFLINE=true exec "$java" -Xmx1g -Dai.djl.offline=true \
    -cp "$target/classes:$target/peers/*:$target/programs/*" \
    io.tokenmeter.benchmarks.Benchmarks "$@" --sources "$root"
fi

case $1 in
  budgets*)
    exec "$java" -Xmx256m -Dslf4j.internal.verbosity=ERROR \
      -cp "$target/classes:$target/peers/*:$target/programs/*" \
      io.tokenmeter.benchmarks.Benchmarks "$@"
    ;;
esac

options=(--otel-jar "$target/opentelemetry-javaagent.jar")
for argument in "$@"; do
  [ "$argument" != --otel-jar ] || options=()
done
[ $own_agent = no ] || options+=(--jar "$agent")

exec "$java" -Xmx256m -cp "$target/classes:$target/programs/*" \
  io.tokenmeter.benchmarks.Benchmarks "$@" ${options[@]+"${options[@]}"}
