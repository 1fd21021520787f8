"""Effects outside that a decision needs: had once, however often the decision around them is made again."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Effects:
    """What happened outside within one request."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, Any] = {}

    async def once(self, about: Hashable, effect: Callable[[], Awaitable[T]]) -> T:
        """The answer of `effect`, or the one it gave before; what raises has not happened."""
        if about not in self._answers:
            self._answers[about] = await effect()
        return self._answers[about]
