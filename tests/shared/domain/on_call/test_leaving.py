"""Nobody's shift is lost when somebody's account ends."""

from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.leaving import StandIn, held_shifts, stand_ins
from shared.domain.on_call.rota import Group, Member, Override, Person, Rota
from shared.domain.on_call.schedules import gaps, shifts
from shared.domain.on_call.shifts import Shift
from tests.shared.domain.on_call.rota_strategies import rotas
from tests.shared.domain.on_call.rotas import layer, override, rota, told, utc
from tests.shared.domain.properties import holds

NOW = "2026-11-03T12:00"
END = "2026-11-07"
AB = layer("1 day", "2026-11-02T00:00", "a b")


def made_for(rota: Rota) -> list[str]:
    """What a's account ending now asks of t, as `t 03-00 - 04-00 layer L`."""
    return [said(each) for each in stand_ins(rota, "a", "t", utc(NOW), utc(END))]


def said(each: StandIn) -> str:
    target = each.scope.layer_id or each.scope.role_id or each.scope.user_id or ""
    return f"{each.user_id} {each.start:%d-%H} - {each.end:%d-%H} {each.scope.kind} {target}".rstrip()


def left(rota: Rota, user_id: str, taker_id: str, start: datetime, end: datetime) -> Rota:
    """The rota after the account ended at `start` and the stand-ins were made, in their order."""
    made = tuple(
        Override(
            id=f"s{number:04}",
            start=each.start,
            end=each.end,
            user_id=each.user_id,
            scope=each.scope,
            created_at=start,
        )
        for number, each in enumerate(stand_ins(rota, user_id, taker_id, start, end))
    )
    people = tuple(each for each in rota.people if each.user_id != user_id)
    return msgspec.structs.replace(
        rota,
        overrides=(*rota.overrides, *made),
        people=(*people, Person(user_id=user_id, deactivated_at=start)),
    )


def test_the_taker_has_the_shifts_until_the_end_and_none_of_before() -> None:
    assert made_for(rota(AB)) == ["t 04-00 - 05-00 layer L", "t 06-00 - 07-00 layer L"]
    running = rota(layer("1 day", "2026-11-02T00:00", "b a"))
    assert made_for(running) == ["t 03-12 - 04-00 layer L", "t 05-00 - 06-00 layer L"]
    assert made_for(rota(layer("1 day", "2026-11-02T00:00", "b"))) == []


def test_held_shifts_are_the_persons_own() -> None:
    assert [shift.start for shift in held_shifts(rota(AB), "a", utc(NOW), utc(END))] == [
        utc("2026-11-04"), utc("2026-11-06"),
    ]  # fmt: skip


def shared(*members: Member) -> Rota:
    return rota(layer("4 day", "2026-11-02T00:00", (Group(members=members),)))


def test_who_shares_the_slot_in_another_role_keeps_that_role() -> None:
    other = shared(Member(user_id="a", role_id="primary"), Member(user_id="b", role_id="backup"))
    assert made_for(other) == ["t 03-12 - 07-00 layer L", "b 03-12 - 07-00 role backup"]


def test_who_shares_it_in_the_same_role_or_in_none_is_on_call_still() -> None:
    for role in ("primary", None):
        both = shared(Member(user_id="a", role_id="primary"), Member(user_id="b", role_id=role))
        assert made_for(both) == []


def test_who_shares_only_a_part_of_a_shift_keeps_only_that() -> None:
    both, lone = (Group(members=tuple(Member(user_id=user) for user in users)) for users in ("ab", "a"))
    found = rota(layer("1 day", "2026-11-02T00:00", (both, lone)))
    assert made_for(found) == ["t 03-12 - 04-00 layer L", "t 05-00 - 06-00 layer L"]
    assert told(left(found, "a", "t", utc(NOW), utc(END)), NOW, END) == [
        "t 11-03T12:00 - 11-04T00:00", "b 11-04T00:00 - 11-05T00:00",
        "t 11-05T00:00 - 11-06T00:00", "b 11-06T00:00 - 11-07T00:00",
    ]  # fmt: skip


def test_promises_of_the_person_are_the_takers() -> None:
    b = layer("1 day", "2026-11-02T00:00", "b")
    promised = override("a", "2026-11-03", "2026-11-05")
    assert made_for(rota(b, overrides=(promised,))) == ["t 03-12 - 05-00 all"]
    for spared in (
        msgspec.structs.replace(promised, cancelled_at=utc("2026-11-01")),
        override("a", "2026-11-01", NOW),
        override("a", END, "2026-11-09"),
        override("a", "2026-11-03", "2026-11-05", "person t"),
        override("c", "2026-11-03", "2026-11-05"),
    ):
        assert made_for(rota(b, overrides=(spared,))) == [], spared
    long = override("a", "2026-11-01", "2026-11-20")
    assert made_for(rota(b, overrides=(long,))) == ["t 03-12 - 07-00 all"]


def test_of_several_promises_the_later_one_stays_on_top() -> None:
    early = override("a", "2026-11-04", "2026-11-05", "layer L", created_at=utc("2026-10-01"))
    late = override("a", "2026-11-05", "2026-11-06", created_at=utc("2026-10-02"))
    b = layer("1 day", "2026-11-02T00:00", "b")
    assert made_for(rota(b, overrides=(late, early))) == ["t 04-00 - 05-00 layer L", "t 05-00 - 06-00 all"]


def test_who_stands_in_for_the_person_is_kept() -> None:
    standing = override("c", "2026-11-04", "2026-11-05", "person a")
    found = rota(AB, overrides=(standing,))
    assert made_for(found) == ["c 04-00 - 05-00 layer L", "t 06-00 - 07-00 layer L"]
    assert told(left(found, "a", "t", utc(NOW), utc(END)), NOW, END) == [
        "b 11-03T12:00 - 11-04T00:00", "c 11-04T00:00 - 11-05T00:00",
        "b 11-05T00:00 - 11-06T00:00", "t 11-06T00:00 - 11-07T00:00",
    ]  # fmt: skip


@st.composite
def members(draw: st.DrawFn) -> tuple[Rota, datetime, str]:
    """A rota, a date and somebody who is on it."""
    made, center = draw(rotas(max_overrides=0))
    groups = [group for layer in made.schedule.layers for group in layer.groups]
    return made, center, draw(st.sampled_from([member.user_id for group in groups for member in group.members]))


@holds(members(), examples=100)
def test_whoever_was_alone_is_followed_by_somebody(made: tuple[Rota, datetime, str]) -> None:
    whole, start, user_id = made
    end = start + timedelta(days=6)
    alone = [
        span
        for shift in held_shifts(whole, user_id, start, end)
        for span in without((shift.start, shift.end), [other for other in shifts(whole, start, end) if other != shift])
    ]
    for gap in gaps(left(whole, user_id, "t", start, end), start, end):
        assert not any(gap.start < last and first < gap.end for first, last in alone), gap


def without(span: tuple[datetime, datetime], others: list[Shift]) -> list[tuple[datetime, datetime]]:
    edges = sorted({*span, *(edge for each in others for edge in (each.start, each.end) if span[0] < edge < span[1])})
    return [
        (first, last)
        for first, last in pairwise(edges)
        if not any(each.start < last and first < each.end for each in others)
    ]
