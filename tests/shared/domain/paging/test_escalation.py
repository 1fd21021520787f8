"""Whom a run pages at which step: levels, rounds, who is passed over, and the fallback beside and after them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st

from shared.domain.paging.escalation import (
    FALLBACK_EVERY,
    LOOK_FOR_SOMEBODY_EVERY,
    Advance,
    Level,
    Meant,
    Person,
    Place,
    Policy,
    Step,
    Target,
    advance,
    forecast,
    meant_next,
    others_ahead,
    pause_after,
    place_of,
    position_of_level,
)
from tests.shared.domain.properties import holds

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def after(s: float) -> datetime:
    return NOW + timedelta(seconds=s)


def policy(*levels: str, rounds: int = 1, **fields: Any) -> Policy:
    """A level reads `60 ana rota`: the pause, then the targets."""
    made = (each.split() for each in levels)
    return Policy(
        id="p",
        name="P",
        levels=tuple(
            Level(delay_s=int(delay), targets=tuple(Target(kind="user", id=target) for target in targets))
            for delay, *targets in made
        ),
        rounds=rounds,
        **fields,
    )


def meaning(id: str, who: str, kind: Any = "user") -> Meant:
    """`-bo` can't be reached."""
    names = who.split()
    people = (Person(user_id=name.strip("-"), name=name, is_reachable=name[0] != "-") for name in names)
    return Meant(kind=kind, id=id, name=id, people=tuple(people))


def means(**who: str) -> dict[str, Meant]:
    return {f"user:{id}:": meaning(id, names) for id, names in who.items()}


def fallback(*who: str) -> tuple[Meant, ...]:
    return tuple(meaning(f"f{number}", names, "fallback") for number, names in enumerate(who))


def said(step: Step) -> str:
    """`1.2 paged ana`: round, level, what was done, to whom or why not."""
    place = f"{step.place.round}.{step.place.level}" if not step.place.is_fallback else f"{step.place.round}.f"
    return " ".join((place, step.outcome, *(person.user_id for person in step.people), *filter(None, [step.reason])))


def told(taken: Advance) -> tuple[list[str], int, float]:
    return [said(step) for step in taken.steps], taken.position, (taken.next_at - NOW).total_seconds()


THREE = policy("60 a", "120 b", "0 c", rounds=2)


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (0, Place(level=1, round=1, is_fallback=False)),
        (2, Place(level=3, round=1, is_fallback=False)),
        (3, Place(level=1, round=2, is_fallback=False)),
        (5, Place(level=3, round=2, is_fallback=False)),
        (6, Place(level=4, round=2, is_fallback=True)),
        (99, Place(level=4, round=2, is_fallback=True)),
    ],
)
def test_where_a_run_stands(position: int, place: Place) -> None:
    assert place_of(THREE, position) == place


def test_only_before_the_list_begins_again_a_pause_is_a_minute_at_least() -> None:
    assert [pause_after(THREE, at).total_seconds() for at in range(6)] == [60, 120, 60, 60, 120, 0]
    assert pause_after(policy("0 a", "90 b", rounds=2), 1) == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("position", "level", "expected"),
    [(0, 1, 0), (0, 3, 2), (1, 3, 2), (3, 1, 0), (4, 1, 3), (4, 3, 5), (6, 2, 4), (60, 3, 5)],
)
def test_the_level_of_the_round_that_runs(position: int, level: int, expected: int) -> None:
    """A run stands at what comes next; after a round's last step that round runs still."""
    assert position_of_level(THREE, position, level) == expected


FALLBACK = fallback("fay")


@pytest.mark.parametrize(
    ("position", "who", "expected"),
    [
        (0, {"a": "ana", "b": "bo", "c": "cy"}, (["1.1 paged ana"], 1, 60)),
        (1, {"a": "ana", "b": "bo", "c": "cy"}, (["1.2 paged bo"], 2, 120)),
        (2, {"a": "ana", "b": "bo", "c": "cy"}, (["1.3 paged cy"], 3, 60)),
        (5, {"a": "ana", "b": "bo", "c": "cy"}, (["2.3 paged cy"], 6, 0)),
        (0, {"a": "", "b": "bo"}, (["1.1 skipped nobody_meant", "1.2 paged bo"], 2, 120)),
        (0, {"a": "-ana", "b": "bo"}, (["1.1 skipped nobody_reachable", "1.2 paged bo"], 2, 120)),
        (0, {"a": "-ana al", "b": "bo"}, (["1.1 paged al"], 1, 60)),
        (2, {"a": "ana"}, (["1.3 skipped nobody_meant", "2.1 paged ana"], 4, 60)),
        (5, {}, (["2.3 skipped nobody_meant", "2.f fallback fay"], 7, 1800)),
        (6, {"a": "ana"}, (["2.f fallback fay"], 7, 1800)),
    ],
)
def test_who_can_not_be_reached_is_passed_over_at_once(
    position: int, who: dict[str, str], expected: tuple[list[str], int, float]
) -> None:
    assert told(advance(THREE, position, meant=means(**who), fallback=FALLBACK, now=NOW)) == expected


def test_a_level_after_which_nobody_of_the_round_can_be_reached_waits_a_minute() -> None:
    quick = policy("0 a", "5 b", "5 c", rounds=2)
    who = {"a": "ana", "b": "-bo", "c": ""}
    assert told(advance(quick, 0, meant=means(**who), fallback=(), now=NOW)) == (["1.1 paged ana"], 1, 60)
    assert told(advance(quick, 0, meant=means(**{**who, "c": "cy"}), fallback=(), now=NOW))[2] == 0
    assert told(advance(quick, 3, meant=means(**who), fallback=(), now=NOW)) == (["2.1 paged ana"], 4, 0), "the last"


def test_who_means_nobody_says_why() -> None:
    rota = Target(kind="schedule", id="r", role_id="primary")
    lone = Policy(id="p", name="P", levels=(Level(targets=(rota,), delay_s=60),))
    empty = Meant(kind="schedule", id="r", name="R", people=())
    found = advance(lone, 0, meant={"schedule:r:primary": empty}, fallback=(), now=NOW)
    assert [step.reason for step in found.steps] == ["nobody_on_call", "nobody_reachable"]
    assert advance(lone, 0, meant={"schedule:r:": empty}, fallback=(), now=NOW).steps[0].reason == "nobody_meant"


def test_a_person_whom_two_targets_mean_is_paged_once() -> None:
    both = policy("60 a b")
    assert told(advance(both, 0, meant=means(a="ana bo", b="bo"), fallback=(), now=NOW))[0] == ["1.1 paged ana bo"]


def test_a_whole_list_passed_over_pages_the_fallback_beside_it() -> None:
    taken = advance(THREE, 0, meant=means(a="-ana", b="", c=""), fallback=FALLBACK, now=NOW)
    assert told(taken)[0][3:] == ["1.f fallback fay"]
    assert (taken.position, taken.next_at, taken.levels_at) == (3, after(60), after(60))
    waiting = advance(THREE, 3, meant=means(a="ana"), fallback=FALLBACK, levels_at=after(60), now=after(59.9))
    assert told(waiting)[:2] == (["1.f fallback fay"], 3)
    assert waiting.levels_at == waiting.next_at == after(60)
    due = advance(THREE, 3, meant=means(a="ana"), fallback=FALLBACK, levels_at=after(60), now=after(60))
    assert (told(due)[0], due.levels_at) == (["2.1 paged ana"], None)


def test_without_a_fallback_somebody_is_looked_for_every_five_minutes() -> None:
    slow = policy("900 a", rounds=2)
    beside = advance(slow, 0, meant=means(a="-ana"), fallback=fallback("-fay", ""), now=NOW)
    assert told(beside) == (["1.1 skipped nobody_reachable", "1.f fallback nobody_reachable"], 1, 300)
    assert beside.levels_at == after(900)
    last = advance(slow, 2, meant=means(a="-ana"), fallback=(), now=NOW)
    assert last.next_at == NOW + LOOK_FOR_SOMEBODY_EVERY


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (("fay", "gus"), ["1.f fallback fay"]),
        (("-fay", "gus hal"), ["1.f fallback gus hal"]),
        ((), ["1.f fallback ana"]),
        (("-fay",), ["1.f fallback ana"]),
    ],
)
def test_the_first_source_of_the_fallback_that_reaches_somebody(sources: tuple[str, ...], expected: list[str]) -> None:
    """At last everybody whom the policy means, for there is nobody else."""
    taken = advance(policy("60 a"), 1, meant=means(a="ana"), fallback=fallback(*sources), now=NOW)
    assert (told(taken)[0], taken.next_at) == (expected, NOW + FALLBACK_EVERY)


def test_a_trial_pages_nobody_but_whom_the_levels_mean() -> None:
    trial = policy("60 a", is_trial=True)
    taken = advance(trial, 1, meant=means(a="-ana"), fallback=FALLBACK, now=NOW)
    assert told(taken)[0] == ["1.f fallback nobody_reachable"]


@pytest.mark.parametrize(
    ("position", "deaf", "expected"),
    [
        (0, "", 0),
        (0, "ana", 0),
        (0, "ana al", 1),
        (0, "ana al bo", None),
        (1, "bo", 3),
        (2, "bo ana al", None),
        (4, "", 4),
        (5, "", None),
        (6, "", None),
    ],
)
def test_who_else_there_is_in_the_list_gone_through_once(position: int, deaf: str, expected: int | None) -> None:
    who = means(a="ana al", b="bo -cy", c="-cy")
    assert others_ahead(THREE, position, meant=who, deaf=deaf.split()) == expected


def test_what_is_to_come_ends_at_the_fallback() -> None:
    ahead = forecast(THREE, 3, NOW)
    assert [(each.place.round, each.place.level, (each.at - NOW).total_seconds()) for each in ahead] == [
        (2, 1, 0), (2, 2, 60), (2, 3, 180), (2, 4, 180),
    ]  # fmt: skip
    assert len(forecast(THREE, 0, NOW)) == 6
    assert len(forecast(THREE, 0, NOW, limit=2)) == 2


LEVELS = st.lists(
    st.tuples(st.integers(0, 200), st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True)),
    min_size=1,
    max_size=4,
)
WHO = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(("", "ana", "-bo", "cy -bo")))


@holds(LEVELS, WHO, st.integers(1, 3), st.sampled_from(("fay", "-fay")))
def test_a_run_that_nobody_answers_pages_every_level_in_every_round_and_then_the_fallback(
    levels: list[tuple[int, list[str]]], who: dict[str, str], rounds: int, last: str
) -> None:
    made = policy(*(f"{delay} {' '.join(targets)}" for delay, targets in levels), rounds=rounds)
    now, position, levels_at = NOW, 0, None
    paged: list[tuple[int, int]] = []
    began: dict[int, datetime] = {}
    for _ in range(4 * len(levels) * rounds + 4):
        taken = advance(made, position, meant=means(**who), fallback=fallback(last), levels_at=levels_at, now=now)
        assert (taken.position, taken.next_at) >= (position, now)
        assert all(bool(step.people) == (step.reason is None) for step in taken.steps)
        assert all(person.is_reachable for step in taken.steps for person in step.people)
        levels_of = [step.place for step in taken.steps if not step.place.is_fallback]
        paged += [(step.place.round, step.place.level) for step in taken.steps if step.outcome == "paged"]
        for place in levels_of:
            began.setdefault(place.round, now)
        if not levels_of and levels_at is None:
            break
        now, position, levels_at = taken.next_at, taken.position, taken.levels_at
    else:
        raise AssertionError("it never comes to the fallback")
    able = [
        number
        for number, (_, targets) in enumerate(levels, 1)
        if any(name[0] != "-" for target in targets for name in who.get(target, "").split())
    ]
    assert paged == [(round, level) for round in range(1, rounds + 1) for level in able]
    starts = [began[round] for round in sorted(began)]
    assert all(after - before >= timedelta(minutes=1) for before, after in pairwise(starts))


@pytest.mark.parametrize(
    ("levels", "who", "position", "expected"),
    [
        (("60 a", "60 b"), {"a": "ana", "b": "bo"}, 1, [("b", ["bo"])]),
        (("60 a", "60 b", "60 c"), {"a": "ana", "b": "-bo", "c": "cy"}, 1, [("c", ["cy"])]),
        (("60 a", "60 b c"), {"a": "ana", "b": "bo -dee", "c": "-cy"}, 1, [("b", ["bo"])]),
        (("60 a", "60 b"), {"a": "ana", "b": "bo"}, 2, []),
        (("60 a", "60 b"), {"a": "-ana", "b": "-bo"}, 0, []),
    ],
)
def test_who_is_meant_next_can_be_reached(
    levels: tuple[str, ...], who: dict[str, str], position: int, expected: list[tuple[str, list[str]]]
) -> None:
    found = meant_next(policy(*levels), position, meant=means(**who))
    assert [(each.id, [person.name for person in each.people]) for each in found] == expected
