"""The audit log of lists: appended to by one command at a time, on the disk before a change."""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

AUDIT_LOG: Final = "changes.ndjson"
"""Name of the log, beside the lists; it does not end as lists do."""

_LAST: Final = -1


class _Durable(io.BufferedWriter):
    """A file whose `flush` returns when the disk has it."""

    def flush(self) -> None:
        super().flush()
        os.fsync(self.fileno())


@contextmanager
def audit_log(folder: Path) -> Iterator[BinaryIO]:
    """Open the log of a folder's lists for appending; wait while another command has it open.

    Whoever has it open is the only one that changes lists there.
    """
    with io.FileIO(folder / AUDIT_LOG, "ab") as raw, _Durable(raw) as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        if _is_torn(folder / AUDIT_LOG):
            log.write(b"\n")
        yield log


def keep(path: Path) -> None:
    """Return when the disk has a file and its name."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_torn(path: Path) -> bool:
    """Tell whether the last line was cut off by a crash."""
    with path.open("rb") as file:
        if not file.seek(0, io.SEEK_END):
            return False
        file.seek(_LAST, io.SEEK_END)
        return file.read() != b"\n"
