#!/bin/sh
# What a platform does, with kcat (apt-get install kcat): send one manifest, and one that is none.
#
#     sh declare_parcel.sh [BROKERS]
#
# The key is the consignee's id: all parcels of one person are screened in their order.
set -eu
brokers=${1:-${BROKERS:-127.0.0.1:9092}}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

kcat -P -b "$brokers" -t parcels.manifests -k buyer-1 -X enable.idempotence=true <<MANIFEST
{"schema_version": 1, "manifest_id": "manifest-1", "item_id": "KC000000001", "id_scheme": "hawb", "submitted_at": "$now", "posted_at": "$now", "platform_id": "platform-a", "channel": "express", "operator_id": "carrier-1", "origin_post_country": "CN", "destination_country": "DE", "transaction_nature": "sale", "consignor": {"id": "shipper-7", "country": "CN", "kind": "business"}, "consignee": {"id": "buyer-1", "postcode": "10115", "country": "DE"}, "gross_weight_kg": 0.42, "total_value": 18.9, "currency": "EUR", "items": [{"description": "cotton t-shirt, printed", "hs_code": "610910", "quantity": 2, "value": 18.9, "net_weight_kg": 0.36, "origin": "CN"}]}
MANIFEST

echo '{"schema_version": 2}' |
  kcat -P -b "$brokers" -t parcels.manifests -k buyer-2 -X enable.idempotence=true
