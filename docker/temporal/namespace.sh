#!/bin/sh
# Makes the namespace, or brings it to what we need: how long ended workflows are kept, and what they can be searched by.
# Safe to repeat. The port is open before the server can do this, so every step is tried until it works or time is up.
set -eu

retry() {
  tries=60
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "gave up: $*" >&2; exit 1; }
    sleep 2
  done
}

ensure_namespace() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
}

keep_for() {
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
}

# One that exists is taken for made, unless it is of another type.
search_attribute() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}

retry temporal operator cluster health
retry ensure_namespace
retry keep_for
for attribute in $SEARCH_ATTRIBUTES; do
  retry search_attribute "${attribute%%=*}" "${attribute#*=}"
done
echo "the namespace $TEMPORAL_NAMESPACE is ready"
