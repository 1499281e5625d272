"""The frame that a schema registry's serialisers put before a value: a zero, and the schema's id.

No JSON begins with a zero byte, so a frame cannot be mistaken for a record.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

_HEAD: Final = Struct(">BI")


def is_framed(value: bytes) -> bool:
    """Tell whether a value begins with a frame.

    >>> is_framed(framed(7, b"{}")), is_framed(b"{}"), is_framed(b"")
    (True, False, False)
    """
    return value[:1] == b"\0" and len(value) >= _HEAD.size


def framed(schema_id: int, value: bytes) -> bytes:
    """Return a value in the frame of a schema.

    >>> framed(7, b"{}")
    b'\\x00\\x00\\x00\\x00\\x07{}'
    """
    return _HEAD.pack(0, schema_id) + value


def unframed(value: bytes) -> tuple[int, bytes]:
    """Return the schema's id and the value of a framed one.

    >>> unframed(framed(7, b"{}"))
    (7, b'{}')
    """
    _, schema_id = _HEAD.unpack_from(value)
    return schema_id, value[_HEAD.size :]
