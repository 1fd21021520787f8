"""Nobody's shift is lost when somebody's account ends."""

from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.leaving import StandIn, held_shifts, left_with_account, stand_ins, without
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
        for span in alone_in((shift.start, shift.end), [other for other in shifts(whole, start, end) if other != shift])
    ]
    for gap in gaps(left(whole, user_id, "t", start, end), start, end):
        assert not any(gap.start < last and first < gap.end for first, last in alone), gap


def alone_in(span: tuple[datetime, datetime], others: list[Shift]) -> list[tuple[datetime, datetime]]:
    edges = sorted({*span, *(edge for each in others for edge in (each.start, each.end) if span[0] < edge < span[1])})
    return [
        (first, last)
        for first, last in pairwise(edges)
        if not any(each.start < last and first < each.end for each in others)
    ]


@st.composite
def departures(draw: st.DrawFn) -> tuple[Rota, str, datetime, datetime]:
    """A rota with promises, somebody whom it names, when their account ends, and the middle of its days."""
    made, center = draw(rotas())
    named = [member.user_id for layer in made.schedule.layers for group in layer.groups for member in group.members]
    user_id = draw(st.sampled_from([*named, *(each.user_id for each in made.overrides)]))
    at = center + draw(st.integers(-3 * 144, 3 * 144)) * timedelta(minutes=10, seconds=7)
    people = tuple(each for each in made.people if each.user_id != user_id)
    return msgspec.structs.replace(made, people=people), user_id, at, center


@holds(departures(), examples=60)
def test_what_is_kept_of_a_departure_says_what_the_ended_account_says(
    made: tuple[Rota, str, datetime, datetime],
) -> None:
    whole, user_id, at, center = made
    ended = msgspec.structs.replace(whole, people=(*whole.people, Person(user_id=user_id, deactivated_at=at)))
    kept = without(whole, user_id, at)
    window = center - timedelta(days=4), center + timedelta(days=5)
    assert shifts(kept, *window) == shifts(ended, *window)
    assert gaps(kept, *window) == gaps(ended, *window)
    assert without(kept, user_id, at + timedelta(days=1)).schedule == kept.schedule, "who is gone is not gone again"


def test_what_was_over_is_not_left_with_the_account() -> None:
    over = (Group(members=(Member(user_id="a", until="2026-11-03T11:00"), Member(user_id="b"))),)
    ended = msgspec.structs.replace(layer("1 day", "2026-11-01T00:00", "a"), id="M", end="2026-11-02T00:00")
    found = rota(layer("1 day", "2026-11-02T00:00", over), ended)
    assert without(found, "a", utc(NOW)).schedule.layers[1] == ended
    assert not left_with_account(without(found, "a", utc(NOW)).schedule, "a", utc(NOW))
    assert left_with_account(without(found, "b", utc(NOW)).schedule, "b", utc(NOW))
