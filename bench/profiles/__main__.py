"""CPU a parcel, bytes an entity, and exactness of the profile store: `python -m bench.profiles`.

`--entities` takes sizes, such as 10000000; `--exactness` checks a million manifests instead.
"""

from __future__ import annotations

import argparse
from typing import Any, Final

from bench.profiles.cost import identify_microseconds, measure
from bench.profiles.exactness import check
from bench.results import write_results
from streams.embedded import EmbeddedStore, StoreServer
from tests.servers.redis_server import RedisServer

_SIZES: Final = (10_000, 100_000, 1_000_000)
_MANIFESTS: Final = 1_000_000
_BATCH: Final = 2_000
"""As a full batch of the worker has, beside their orders."""


def main() -> None:
    """Print and write figures."""
    options = _options()
    server: StoreServer = EmbeddedStore() if options.valkey else RedisServer()
    with server:
        if options.exactness:
            _check(server.url, options.manifests, options.shards)
        else:
            _measure(server, options.entities, options.shards, options.batch)


def _check(url: str, manifests: int, shards: int) -> None:
    found = check(url, manifests, shards)
    print("  ".join(f"{name} {value}" for name, value in found.items()))
    print(f"no difference; {write_results('profiles-exactness', found)}")


def _measure(server: StoreServer, sizes: list[int], shards: int, batch: int) -> None:
    hashing = identify_microseconds()
    print(f"{server.name}, {shards} shards, batches of {batch}; hashing {hashing:.2f} us a parcel")
    print("entities  bytes  distinct   store    send receive    read   (us a parcel)")
    found: list[dict[str, Any]] = []
    for entities in sizes:
        found.append(measure(server.url, entities, shards, batch))
        print(
            "{entities:>8,}  {bytes_an_entity:5.1f}  {distinct_a_parcel:8.2f}  {store_us:6.2f}  "
            "{send_us:6.2f}  {receive_us:6.2f}  {read_us:6.2f}".format(**found[-1])
        )
    figures = {"store": server.name, "shards": shards, "batch": batch, "hashing_us": hashing}
    print(write_results("profiles", {**figures, "sizes": found}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.profiles", description=__doc__)
    parser.add_argument("--entities", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--batch", type=int, default=_BATCH, help="parcels a unit")
    parser.add_argument("--valkey", action="store_true", help="the embedded store, not Redis")
    parser.add_argument("--exactness", action="store_true")
    parser.add_argument("--manifests", type=int, default=_MANIFESTS, help="for --exactness")
    return parser.parse_args()


if __name__ == "__main__":
    main()
