"""The last copy of something, kept on the device under a name: a struct in, a struct out."""

from typing import Any, Generic, TypeVar

import msgspec

from phone.base.device.store import Store

Copy = TypeVar("Copy")


class Copies(Generic[Copy]):
    """What can't be read any more, as after an update, counts as nothing kept."""

    def __init__(self, kept: Store, name: str, kind: Any) -> None:
        self._kept = kept
        self._name = name
        self._kind = kind

    async def read(self) -> Copy | None:
        """The last one."""
        text = await self._kept.get(self._name)
        try:
            return msgspec.json.decode(text, type=self._kind) if text else None
        except msgspec.MsgspecError:
            return None

    async def keep(self, copy: Copy) -> None:
        """Another instead."""
        await self._kept.set(self._name, msgspec.json.encode(copy).decode())

    async def drop(self) -> None:
        """None from now on."""
        await self._kept.remove(self._name)
