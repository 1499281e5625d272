"""What atheris calls with bytes of its choice: `python -m bench.fuzz.targets TARGET`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import atheris
import numpy as np

with atheris.instrument_imports(include=["schemas", "scorers"]):
    from schemas.codec import RecordError, decode_manifest, encode
    from schemas.manifest import Manifest
    from scorers.features.batch import Floats
    from scorers.features.extractor import Extractor
    from scorers.features.tables import ManifestTable
    from scorers.features.text import all_words
    from scorers.lists.folding import readings
    from scorers.rules.checking import book_of
    from scorers.rules.problems import RuleError
    from scorers.specs.parcels import SPEC

from tests.hostile import corpus
from tests.nasty import GOOD
from tests.unit.scorers.scanning.test_reading import assert_as_decoded

RULES: Final = Path("scorers/rules/example.yaml")

_BITS: Final = 12
_LARGEST: Final = 4_096
_CHANGED: Final = 0.3
_ZERO_WIDTH: Final = "\u200b"

_GOOD: Final = decode_manifest(GOOD)
_EXTRACTOR: Final = Extractor(SPEC, _BITS)
_WEIGHTS: Final = np.random.default_rng(1).normal(size=2**_BITS).astype(np.float32)


def decode(data: bytes) -> None:
    """Reading bytes by columns gives what the codec gives."""
    assert_as_decoded([data])


def features(data: bytes) -> None:
    """A manifest of any texts and numbers has finite features, the same alone and in a batch."""
    manifest = _manifest(atheris.FuzzedDataProvider(data))
    if manifest is None:
        return
    (alone,) = _logits([manifest])
    assert np.isfinite(alone)
    assert _logits([_GOOD, manifest])[1] == alone


def rules(data: bytes) -> None:
    """A file of rules is used, or refused with what is wrong and where."""
    try:
        book = book_of([("rules.yaml", data)])
    except RuleError as error:
        told = str(error)
    else:
        told = "rules.yaml"
        book.apply(ManifestTable([_GOOD]))
    assert told.startswith("rules.yaml")


def text(data: bytes) -> None:
    """Invisible characters change no word, and the first reading is as written."""
    chosen = atheris.FuzzedDataProvider(data)
    place, written = chosen.ConsumeIntInRange(0, 200), chosen.ConsumeUnicodeNoSurrogates(2_000)
    words = all_words(written)
    assert words == all_words(written[:place] + _ZERO_WIDTH + written[place:])
    assert readings(written)[0] == tuple(words)


def _logits(manifests: list[Manifest]) -> Floats:
    return _EXTRACTOR.extract(ManifestTable(manifests)).logits(_WEIGHTS)


def _manifest(chosen: atheris.FuzzedDataProvider) -> Manifest | None:
    """Return a manifest with texts and numbers of atheris' choice; None if there is no such one."""
    record = json.loads(encode(_GOOD))
    for holder in (record, record["consignor"], record["consignee"], record["items"][0]):
        for name, value in holder.items():
            if chosen.ConsumeProbability() < _CHANGED:
                holder[name] = _other(chosen, value)
    try:
        return decode_manifest(json.dumps(record).encode())
    except RecordError:
        return None


def _other(chosen: atheris.FuzzedDataProvider, value: Any) -> Any:
    if isinstance(value, str):
        return chosen.ConsumeUnicode(chosen.ConsumeIntInRange(0, 300))
    if isinstance(value, float | int):
        return chosen.ConsumeRegularFloat()
    return value


_TARGETS = {one.__name__: one for one in (decode, features, rules, text)}


if __name__ == "__main__":
    target = _TARGETS[sys.argv.pop(1)]
    seeds = {"decode": corpus(), "rules": [RULES.read_bytes()]}.get(target.__name__, [b"\0"])
    for number, seed in enumerate(seeds):
        (Path(sys.argv[-1]) / f"seed-{number}").write_bytes(seed[:_LARGEST])
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
