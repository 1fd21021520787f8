"""Whoever stands in and would stand behind themselves."""

import msgspec

from shared.domain.on_call.doubled_roles import doubled_from
from shared.domain.on_call.rota import Group, Member, Rota
from tests.shared.domain.on_call.rotas import layer, override, rota, utc

PAIR = Group(members=(Member(user_id="a", role_id="primary"), Member(user_id="b", role_id="backup")))
WEEK = layer("1 week", "2026-11-02T00:00", (PAIR,), id="L")
START, END = utc("2026-11-03T00:00"), utc("2026-11-04T00:00")


def doubled(scope: str, user: str, before: Rota | None = None) -> str | None:
    was = before or rota(WEEK)
    made = override(user, "2026-11-03T06:00", "2026-11-03T18:00", scope)
    at = doubled_from(was, msgspec.structs.replace(was, overrides=(*was.overrides, made)), user, START, END)
    return None if at is None else f"{at:%H:%M}"


def test_whoever_has_the_other_role_has_both() -> None:
    assert doubled("person a", "b") == doubled("role primary", "b") == "06:00"
    assert doubled("layer L", "c") == "06:00", "with every role that the layer hands out"


def test_whoever_has_one_or_had_as_many_is_not_named() -> None:
    assert doubled("person a", "c") is None
    assert doubled("role primary", "a") is None
    both = rota(WEEK, overrides=(override("b", "2026-11-02T00:00", "2026-11-09T00:00", "person a", id="first"),))
    assert doubled("role primary", "b", both) is None
    assert doubled_from(rota(WEEK), rota(WEEK), "a", END, START) is None
