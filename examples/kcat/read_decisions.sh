#!/bin/sh
# What a clearance system reads, with kcat (apt-get install kcat): decisions, and what was refused.
#
#     sh read_decisions.sh [BROKERS]
#
# Without -e kcat waits for more; with `-G GROUP TOPIC...` it shares the work with others of a group.
set -eu
brokers=${1:-${BROKERS:-127.0.0.1:9092}}

for topic in parcels.hold parcels.clear; do
  kcat -C -b "$brokers" -t "$topic" -o beginning -e -q -X isolation.level=read_committed \
    -f "$topic %k %s\n"
done
# The reason of a refusal is in the header __connect.errors.exception.message.
kcat -C -b "$brokers" -t parcels.rejected -o beginning -e -q -X isolation.level=read_committed \
  -f 'parcels.rejected %k %h\n'
