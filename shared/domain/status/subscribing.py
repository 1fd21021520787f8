"""Who hears of what is published, and how often a letter that failed is tried again."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from msgspec import Struct

WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Before a letter that its relay would not take is tried again."""
DEAD_AFTER: Final = 2
"""So many letters in a row that a mailbox refused for good: then it gets no more."""


class Scope(Struct, frozen=True, kw_only=True):
    """Everything of a page, or some of its components and events."""

    is_for_all: bool = True
    component_ids: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.is_for_all or self.component_ids or self.event_ids)


def is_for(scope: Scope, *, event_id: str, component_ids: Collection[str]) -> bool:
    """Whether an event that names these components is one for it."""
    return scope.is_for_all or event_id in scope.event_ids or any(id in scope.component_ids for id in component_ids)


def wait_after(attempts: int) -> timedelta | None:
    """How long until a letter that failed so often is tried again; None when it is given up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
