"""What is wrong with something a person entered: field, code and a sentence."""

from typing import Any

import msgspec
from msgspec import Struct


class Flaw(Struct, frozen=True, kw_only=True):
    """One flaw of one field, such as `layers[0].rotation.every`."""

    field: str
    code: str
    message: str
    args: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Nameable(Struct, frozen=True, kw_only=True):
    """Whom and what a schedule may name: accounts, which of them are ended, the owning team, roles."""

    users: frozenset[str]
    deactivated: frozenset[str] = frozenset()
    team: frozenset[str] | None = None
    roles: frozenset[str] = frozenset()


def flaw(field: str, code: str, message: str, **args: Any) -> Flaw:
    return Flaw(field=field, code=code, message=message, args=args)


def unknown_time_zone(field: str, name: str) -> Flaw:
    return flaw(field, "unknown_time_zone", f"{name!r} is not an IANA time zone such as Europe/Berlin", name=name)


def size_flaws(field: str, text: str, most: int) -> list[Flaw]:
    """What is blank says nothing, whatever it is called; `most` characters are enough."""
    if not text.strip():
        return [flaw(field, "blank", "must say something")]
    return [flaw(field, "too_long", f"must have at most {most} characters", max=most)] if len(text) > most else []


def no_offset(field: str) -> Flaw:
    """An instant that says no offset from UTC is anybody's guess."""
    return flaw(field, "no_offset", "must say its offset, such as Z")
