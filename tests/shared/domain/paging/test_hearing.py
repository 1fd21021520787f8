"""Who is deaf to an incident, by what became of the pages of all its steps."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.paging.escalation import Meant, Person
from shared.domain.paging.hearing import Hearing, Tried, hearing_of, who_hears_first

PAGED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
LOOK_AT = PAGED + timedelta(seconds=60)


def tried(*pages: tuple[int, str]) -> list[Tried]:
    """(step, state) of pages to one person, each step half a minute after the one before."""
    return [
        Tried(user_id="ana", step=step, due_at=PAGED + timedelta(seconds=30 * step), state=state)
        for step, state in pages
    ]


@pytest.mark.parametrize(
    ("pages", "after_s", "is_deaf", "look_s"),
    [
        ([(0, "queued")], 59, False, 60),
        ([(0, "queued")], 60, True, None),
        ([(0, "queued"), (1, "queued")], 60, True, None),
        ([(0, "failed")], 1, True, None),
        ([(0, "failed"), (0, "queued")], 1, False, 60),
        ([(0, "failed"), (2, "queued")], 61, True, None),
        ([(0, "accepted"), (0, "failed")], 90, False, None),
        ([(0, "accepted"), (1, "queued")], 80, False, 90),
        ([(0, "accepted"), (1, "queued")], 90, True, None),
        ([(0, "queued"), (1, "accepted")], 90, False, None),
        ([(0, "cancelled"), (1, "queued")], 61, False, 90),
        ([(0, "cancelled")], 90, False, None),
    ],
)
def test_who_heard_nothing_for_a_minute_is_deaf(
    pages: list[tuple[int, str]], after_s: int, is_deaf: bool, look_s: int | None
) -> None:
    found = hearing_of(tried(*pages), now=PAGED + timedelta(seconds=after_s))
    assert (found.deaf == {"ana"}) is is_deaf
    assert found.look_at == (None if look_s is None else PAGED + timedelta(seconds=look_s))


def test_one_who_may_hear_yet_is_looked_at_when_the_first_page_is_old() -> None:
    pages = [*tried((0, "failed")), Tried(user_id="bo", step=1, due_at=PAGED, state="queued")]
    found = hearing_of(pages, now=PAGED)
    assert found == Hearing(paged=frozenset({"ana", "bo"}), deaf=frozenset({"ana"}), look_at=LOOK_AT)


@pytest.mark.parametrize(
    ("groups", "first"),
    [
        ({"x": "ana", "y": "bo"}, "yx"),
        ({"x": "ana bo", "y": "cy"}, "xy"),
        ({"x": "ana -bo", "y": "cy"}, "yx"),
        ({"x": "", "y": "cy"}, "yx"),
        ({"x": "ana", "y": "ana"}, "xy"),
        ({"x": "cy", "y": "bo"}, "xy"),
    ],
)
def test_of_a_fallback_those_come_last_of_whom_everybody_is_deaf(groups: dict[str, str], first: str) -> None:
    made = tuple(
        Meant(
            kind="fallback",
            id=id,
            name=id,
            people=tuple(
                Person(user_id=name.strip("-"), name=name, is_reachable=name[0] != "-") for name in who.split()
            ),
        )
        for id, who in groups.items()
    )
    assert "".join(each.id for each in who_hears_first(made, frozenset({"ana"}))) == first


def test_a_page_of_somebody_deaf_is_under_way_whoever_comes_after() -> None:
    pages = [*tried((0, "queued")), Tried(user_id="bo", step=0, due_at=PAGED, state="failed")]
    found = hearing_of(pages, now=LOOK_AT)
    assert (found.deaf, found.is_waiting) == ({"ana", "bo"}, True)
    assert not hearing_of(pages[1:], now=LOOK_AT).is_waiting
