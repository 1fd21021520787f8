"""Kinds of objects that belong to teams: the rooms that own them say how to find them and what they name."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from msgspec import Struct

from server.accounts.access.ownership import Use
from server.kernel.database import Database


class Place(Struct, frozen=True):
    """Whose an object is, and what it is called."""

    team_id: str
    name: str


class Kind(Protocol):
    """One kind, answered by the room that owns its table; archived objects count for none of it."""

    slug: ClassVar[str]

    async def find(self, db: Database, id: str) -> Place | None: ...

    async def naming(self, db: Database, id: str) -> list[Use]:
        """Those that need what has this id: their team, or whom and what they name; by name."""
        ...


_KINDS: dict[str, Kind] = {}


def bind_kinds(kinds: Iterable[Kind]) -> None:
    """Said once, where the application is put together."""
    _KINDS.clear()
    _KINDS.update({kind.slug: kind for kind in kinds})


async def find_object(db: Database, kind: str, id: str) -> Place | None:
    return await _KINDS[kind].find(db, id)


async def uses_of(db: Database, id: str) -> list[Use]:
    """Everything that needs the team, schedule, policy or role with this id, kind by kind as they were bound."""
    return [use for kind in _KINDS.values() for use in await kind.naming(db, id)]
