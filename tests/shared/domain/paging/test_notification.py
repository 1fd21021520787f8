"""Personal rules: what is used when, what a rule can't reach, and when pages are looked at again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.alerts import Severity
from shared.domain.paging.notification import (
    DEFAULT_RULE,
    LOOK_AFTER,
    EarlierPage,
    Reachable,
    Rules,
    Turn,
    Waiting,
    contact_order,
    is_last_resort,
    look_again_at,
    next_best,
    next_turn,
    paged_too_mildly,
    rule_flaws,
)

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
PHONE = Reachable(id="phone", channel="push", label="Pixel")
TABLET = Reachable(id="tablet", channel="push", label="Tab")
MAIL = Reachable(id="mail", channel="email", label="a…@example.com")
HOOK = Reachable(id="hook", channel="webhook", label="hooks.example.com")


PAGED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
SOON = PAGED + timedelta(seconds=2)
LATER = PAGED + LOOK_AFTER


def after(s: float) -> datetime:
    return NOW + timedelta(seconds=s)


def order(rule: tuple[Turn, ...], *addresses: Reachable) -> list[tuple[str, int]]:
    return [(each.address.id, int((each.at - NOW).total_seconds())) for each in contact_order(rule, addresses, NOW)]


CASES = [
    ("the default", DEFAULT_RULE, (PHONE, MAIL, HOOK), [("phone", 0), ("hook", 0), ("mail", 60)]),
    ("only mail is there, so it doesn't wait", DEFAULT_RULE, (MAIL,), [("mail", 0)]),
    ("every phone", DEFAULT_RULE, (PHONE, TABLET), [("phone", 0), ("tablet", 0)]),
    ("a wait that was chosen stays", (Turn(channel="email", delay_s=300),), (MAIL, PHONE), [("mail", 300)]),
    (
        "what is gone before it saves only its own head start",
        (Turn(channel="push", delay_s=30), Turn(channel="email", delay_s=90)),
        (MAIL,),
        [("mail", 30)],
    ),
    ("one phone of two", (Turn(contact_method_id="tablet"),), (PHONE, TABLET), [("tablet", 0)]),
    (
        "again after two minutes",
        (Turn(channel="push"), Turn(channel="push", delay_s=120)),
        (PHONE,),
        [("phone", 0), ("phone", 120)],
    ),
    (
        "named twice for one time, used once",
        (Turn(channel="push"), Turn(contact_method_id="phone")),
        (PHONE,),
        [("phone", 0)],
    ),
    (
        "a rule that reaches nothing gives way",
        (Turn(contact_method_id="gone"),),
        (PHONE, MAIL),
        [("phone", 0), ("mail", 0)],
    ),
    ("nobody can be told", DEFAULT_RULE, (), []),
]


@pytest.mark.parametrize(("rule", "addresses", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_what_is_used_when(
    rule: tuple[Turn, ...], addresses: tuple[Reachable, ...], expected: list[tuple[str, int]]
) -> None:
    assert order(rule, *addresses) == expected


TURNS = st.lists(
    st.one_of(
        st.builds(Turn, channel=st.sampled_from(["push", "email", "webhook", "sms"]), delay_s=st.integers(0, 3600)),
        st.builds(Turn, contact_method_id=st.sampled_from(["phone", "mail", "gone"]), delay_s=st.integers(0, 3600)),
    ),
    min_size=1,
    max_size=8,
).map(tuple)
ADDRESSES = st.sets(st.sampled_from(["phone", "tablet", "mail", "hook"])).map(
    lambda ids: [each for each in (PHONE, TABLET, MAIL, HOOK) if each.id in ids]
)


@given(TURNS, ADDRESSES)
def test_whoever_has_an_address_is_told_and_no_later_than_the_rule_says(
    rule: tuple[Turn, ...], addresses: list[Reachable]
) -> None:
    contacts = contact_order(rule, addresses, NOW)
    assert bool(contacts) == bool(addresses)
    assert len({(each.address.id, each.at) for each in contacts}) == len(contacts)
    for each in contacts:
        assert NOW <= each.at <= after(rule[each.turn].delay_s)
    if contacts and not is_last_resort(rule, addresses):
        assert min(each.at for each in contacts) == after(min(turn.delay_s for turn in rule))


def test_what_the_owner_should_know() -> None:
    rules = Rules(
        critical=(Turn(channel="push", delay_s=120), Turn(contact_method_id="gone", delay_s=180)),
        warning=(Turn(contact_method_id="gone"),),
    )
    told = [(flaw.severity, flaw.code, flaw.step) for flaw in rule_flaws(rules, [PHONE])]
    assert told == [
        ("critical", "no_address", 1),
        ("critical", "late_first_step", None),
        ("warning", "reaches_nobody", None),
        ("warning", "no_address", 0),
    ]
    assert [flaw.code for flaw in rule_flaws(Rules(), [])] == ["reaches_nobody"] * 3
    assert rule_flaws(Rules(), [PHONE]) == [], "the default doesn't ask for every channel"


def test_the_next_turn_is_all_that_share_the_earliest_time() -> None:
    waiting = [
        Waiting(id="late", turn=2, due_at=after(90)),
        Waiting(id="a", turn=1, due_at=after(60)),
        Waiting(id="b", turn=1, due_at=after(60)),
    ]
    assert next_turn(waiting) == ("a", "b")
    assert next_turn([]) == ()


def test_the_next_best_way() -> None:
    assert next_best([MAIL, HOOK, PHONE, TABLET], without={"phone"}) == [TABLET]
    assert next_best([MAIL, HOOK], without=set()) == [HOOK]
    assert next_best([PHONE], without={"phone"}) == []


def test_who_knows_it_as_milder_is_told_as_of_the_step_that_told_them_last() -> None:
    warning, critical = Severity.WARNING, Severity.CRITICAL
    pages = [
        EarlierPage("ana", 0, warning),
        EarlierPage("bo", 1, warning),
        EarlierPage("ana", 2, warning),
        EarlierPage("cy", 2, critical),
    ]
    assert paged_too_mildly(pages, critical) == {"ana": 2, "bo": 1}
    assert paged_too_mildly(reversed(pages), critical) == {"ana": 2, "bo": 1}
    assert paged_too_mildly(pages, warning) == {}, "as grave is grave enough"


@pytest.mark.parametrize(
    ("states", "is_fallback", "now", "again_at"),
    [
        ({"queued"}, False, SOON, LATER),
        ({"queued", "failed"}, False, SOON, LATER),
        ({"failed"}, False, SOON, None),
        ({"queued"}, False, LATER, None),
        ({"failed"}, True, SOON, LATER),
        ({"failed"}, True, LATER, None),
        ({"queued", "failed"}, True, LATER, LATER + LOOK_AFTER),
    ],
)
def test_the_next_step_waits_no_longer_than_it_must(
    states: set[str], is_fallback: bool, now: datetime, again_at: datetime | None
) -> None:
    assert look_again_at(states, first_at=PAGED, is_fallback=is_fallback, now=now) == again_at
