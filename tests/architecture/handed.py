"""What the sources hand over to the database, as the walk through them finds it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec import Struct
from piccolo.table import Table

from tests.architecture.texts import Values


class Asked(NamedTuple):
    """A query of Piccolo's, whose columns the types hold to the table's; `into` is what it reads, if it names none."""

    place: str
    line: int
    table: type[Table]
    into: type[Struct] | None


class Statement(NamedTuple):
    """One text that a call hands over; `into` is what its rows become, `args` what is bound, where that is known."""

    place: str
    line: int
    verb: str
    text: str
    into: type[Struct] | None
    args: frozenset[str] | None


@dataclass
class Found:
    """What the calls of the whole server hand over, and those whose text no path shows."""

    statements: list[Statement] = field(default_factory=list[Statement])
    queries: list[Asked] = field(default_factory=list[Asked])
    unread: set[str] = field(default_factory=set[str])
    passed: dict[tuple[str, str], dict[str, Values]] = field(default_factory=dict[Any, Any])
    """By module and name of a function, what its parameters are given by all calls, and by each that differs."""
    calls: dict[tuple[str, str], list[dict[str, Values]]] = field(default_factory=dict[Any, Any])
    named: dict[tuple[str, str], set[str]] = field(default_factory=dict[Any, Any])
    """The same, the names of what is given by name."""
