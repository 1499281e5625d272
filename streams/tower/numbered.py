"""The tower's producer: its batches have numbers, so that none is written again when it is late."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.errors import UnknownError
from aiokafka.protocol.transaction import InitProducerIdRequest
from faust.transport.drivers import aiokafka as driver

log = logging.getLogger(__name__)

_NO_TRANSACTIONS: Final = 0


class NumberedProducer(driver.Producer):
    """An idempotent producer where the broker can have one.

    A value of a changelog that is written again, after a newer one, would be the one that counts.
    Faust numbers batches only for applications that are transactional. The embedded broker cannot
    do it for aiokafka, and says that it does not know why.
    """

    _numbers = False

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": self._numbers}

    async def on_start(self) -> None:
        self._numbers = await self._can_number()
        if not self._numbers:
            log.info("the broker numbers no batches: one that comes late may be written again")
        await super().on_start()

    async def _can_number(self) -> bool:
        asking = self._new_producer()
        await asking.start()
        try:
            node = asking.client.get_random_node()
            answer = await asking.client.send(node, InitProducerIdRequest(None, _NO_TRANSACTIONS))
        finally:
            await asking.stop()
        return bool(answer.error_code != UnknownError.errno)
