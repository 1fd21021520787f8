"""What a slow device still remembers."""

import asyncio
from typing import Any

import pytest

from phone.base.device import store
from phone.base.device.store import READ_TRIES, DeviceStore, Silent


class Slow:
    """Answers after so many questions that it let pass."""

    def __init__(self, silent: int) -> None:
        self.silent = silent

    async def get(self, _: str) -> str:
        self.silent -= 1
        if self.silent >= 0:
            await asyncio.Event().wait()
        return "kept"


@pytest.mark.parametrize(("silent", "read"), [(0, "kept"), (READ_TRIES - 1, "kept"), (READ_TRIES, None)])
async def test_a_store_is_asked_again_before_it_reads_as_empty(
    monkeypatch: pytest.MonkeyPatch, silent: int, read: str | None
) -> None:
    monkeypatch.setattr(store, "ANSWER_WITHIN_S", 0.01)
    kept: Any = Slow(silent)
    assert await DeviceStore(kept).get("refresh_token") == read


async def test_silence_can_be_told_from_nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ANSWER_WITHIN_S", 0.01)
    gone: Any = Slow(READ_TRIES)
    with pytest.raises(Silent):
        await DeviceStore(gone).read("refresh_token")
