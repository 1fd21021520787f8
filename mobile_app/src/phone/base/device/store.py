"""Where the device keeps things: secrets apart from preferences, both faked in tests."""

import asyncio
import contextlib
from typing import Any, Protocol

import flet as ft
from flet_secure_storage import SecureStorage

PREFIX = "dogwatch."
ANSWER_WITHIN_S = 4
READ_TRIES = 4


class Silent(Exception):
    """What the device keeps is not known: its storage does not answer, as when its window is gone."""


class Store(Protocol):
    """Keeps short texts under names; `durable` tells whether they survive a restart."""

    @property
    def durable(self) -> bool: ...

    async def get(self, name: str) -> str | None: ...

    async def read(self, name: str) -> str | None:
        """As `get`, but raises Silent where that takes silence for nothing kept."""
        ...

    async def set(self, name: str, value: str) -> None: ...

    async def remove(self, name: str) -> None: ...


class MemoryStore:
    """Forgets everything when the app closes."""

    durable = False

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)

    async def read(self, name: str) -> str | None:
        return self.kept.get(name)

    async def set(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def remove(self, name: str) -> None:
        self.kept.pop(name, None)


class DeviceStore:
    """A Flet storage service; one that never answers reads as empty, for a page must not wait for it.

    Reading is tried again, since what is read as empty signs its reader out: a browser that has just come back is slow.
    """

    durable = True

    def __init__(self, storage: SecureStorage | ft.SharedPreferences) -> None:
        self._storage: Any = storage

    async def get(self, name: str) -> str | None:
        with contextlib.suppress(Silent):
            return await self.read(name)
        return None

    async def read(self, name: str) -> str | None:
        for _ in range(READ_TRIES):
            with contextlib.suppress(TimeoutError, RuntimeError):
                value = await asyncio.wait_for(self._storage.get(PREFIX + name), ANSWER_WITHIN_S)
                return value if isinstance(value, str) else None
        raise Silent

    async def set(self, name: str, value: str) -> None:
        await self._do(self._storage.set(PREFIX + name, value))

    async def remove(self, name: str) -> None:
        await self._do(self._storage.remove(PREFIX + name))

    async def _do(self, call: Any) -> None:
        with contextlib.suppress(TimeoutError, RuntimeError):
            await asyncio.wait_for(call, ANSWER_WITHIN_S)


def secrets_of(page: ft.Page) -> Store:
    """The secure store, or memory where the browser has none: plain HTTP anywhere but on this machine."""
    if page.web and not is_secure(page.url or ""):
        return MemoryStore()
    return DeviceStore(SecureStorage())


def preferences_of() -> Store:
    """Theme, language and the last list."""
    return DeviceStore(ft.SharedPreferences())


def is_secure(url: str) -> bool:
    """Whether a browser gives this page its cryptography: TLS, or the machine itself."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return scheme in ("https", "wss") or name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost")
