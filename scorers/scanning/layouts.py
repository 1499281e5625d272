"""The layouts of the records that workers read."""

from __future__ import annotations

from typing import Final

from schemas import manifest, order
from schemas.manifest import Manifest
from schemas.order import PlatformOrder
from scorers.scanning.layout import Layout, layout_of

MANIFEST: Final[Layout] = layout_of(Manifest, manifest.SCHEMA_VERSION)
ORDER: Final[Layout] = layout_of(PlatformOrder, order.SCHEMA_VERSION)
