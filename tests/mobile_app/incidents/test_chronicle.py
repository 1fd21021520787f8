"""What people did is told in sentences, with the words of the reader."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest

from phone.base.i18n import LANGUAGES, Words
from phone.base.people import Reader
from phone.incidents.detail.chronicle import told
from shared.domain.incidents.allowed_verbs import VERBS
from shared.domain.incidents.timeline import KINDS
from shared.wire.incidents import Actor, TimelineEntry
from shared.wire.sessions import Language
from tests.kit.raw import OTHER, READER, flaws

AT = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


def sentence(language: Any, kind: str, args: dict[str, Any], *, by: Any = "user") -> str:
    reader = Reader(words=Words(language), zone=timezone(timedelta(hours=1)), id="me")
    entry = TimelineEntry(n=1, at=AT, actor=Actor(kind=by, id="ana", name="Ana"), kind=kind, args=args)
    return "".join(text for text, _ in told(reader, (entry,))[0].what)


@pytest.mark.parametrize(
    ("kind", "args", "text"),
    [
        ("opened_by_hand", {"title": "T", "people": []}, "opened it by hand"),
        ("opened_by_hand", {"title": "T", "people": ["Bo", "Cy"]}, "opened it by hand and paged Bo and Cy"),
        ("reassigned", {"people": ["Bo"], "policy": None, "cancelled": 0}, "reassigned it to Bo"),
        ("reassigned", {"people": [], "policy": "Nights", "cancelled": 0}, "reassigned it to the policy Nights"),
        ("undone", {"verb": "acknowledge", "left": 0}, "took back “Acknowledge”"),
        ("undone", {"verb": "escalate", "left": 1}, "took back “Escalate”; 1 message had left already"),
        ("snooze_ended", {"reason": "unsnoozed"}, "ended the snooze (by hand)"),
        ("followers_added", {"people": ["Ana"]}, "started following it"),
        ("followers_added", {"people": ["Bo"]}, "added followers: Bo"),
        ("unacknowledged", {"via": "app"}, "gave it back in the app; nobody has it"),
        ("reviewed", {"fields": ["impact", "lessons"]}, "wrote about it: impact and lessons"),
        ("merged_into", {"number": 7, "title": "Disk", "cancelled": 0}, "merged it into INC-7, Disk"),
        ("merged_from", {"number": 6, "title": "Disk", "count": 1}, "merged INC-6 into it with 1 alert: Disk"),
        ("commented", {"text": "It is the disk"}, "“It is the disk”"),
        ("escalated", {"level": 2, "levels": 2}, "escalated to level 2"),
        ("escalated", {"level": 3, "levels": 2}, "escalated to the fallback"),
        ("escalated", {"level": 2, "levels": None}, "escalated to level 2"),
        ("escalated", {"level": 3}, "escalated to level 3"),
        ("reopened", {"via": "app", "quiet": False}, "reopened it in the app"),
        ("reopened", {"via": "app"}, "reopened it in the app"),
        (
            "reopened",
            {"via": "app", "quiet": True},
            "reopened it in the app; none of its alerts fires any more, so it stays open until somebody resolves it",
        ),
        ("resolved", {"via": "app", "cancelled": 0, "method": "restarted"}, "resolved in the app: “restarted”"),
        (
            "status_published",
            {"page": "Nordwind", "title": "Cards fail", "status": "investigating", "rule": None},
            "published “Cards fail” on the status page Nordwind: Investigating",
        ),
        (
            "status_declined",
            {"page": "Nordwind", "rule": "Checkout is down"},
            "declined to publish it on the status page Nordwind, as the rule “Checkout is down” wanted",
        ),
    ],
)
def test_what_people_do_is_a_sentence(kind: str, args: dict[str, Any], text: str) -> None:
    assert sentence("en", kind, args) == text
    assert sentence("zh", kind, args) not in ("", text.replace(" ", ""))


def test_a_snooze_says_when_it_ends_in_the_readers_zone() -> None:
    args = {"via": "app", "until": "2026-11-21T08:30:00Z", "cancelled": 0}
    assert "09:30" in sentence("en", "snoozed", args)
    assert "09:30" in sentence("zh", "snoozed", args)


def test_a_rule_that_publishes_is_named() -> None:
    args = {"page": "Nordwind", "title": "Cards fail", "status": "identified", "rule": "Checkout is down"}
    assert sentence("en", "status_published", args, by="system") == (
        "Published “Cards fail” on the status page Nordwind by the rule “Checkout is down”: Identified"
    )
    asked = {"page": "Nordwind", "rule": "Checkout is down", "people": ["Ana", "Bo"]}
    assert sentence("en", "status_asked", asked, by="system") == (
        "The rule “Checkout is down” asked Ana and Bo to approve what it wants to say on the status page Nordwind"
    )


def test_the_machine_ends_a_snooze_in_its_own_words() -> None:
    assert sentence("en", "snooze_ended", {"reason": "over"}, by="system") == (
        "The snooze ended: its time is up, so it pages again"
    )


@pytest.mark.parametrize(
    ("kind", "args", "text"),
    [
        ("level_paged", {"people": ["Bo", "Ana"], "level": 1, "levels": 2}, "Paged you and Bo, level 1 of 2"),
        ("responders_paged", {"people": ["Ana"]}, "Paged you, called in to help"),
        ("follower_removed", {"person": "Ana"}, "You follow it no more"),
        ("follower_removed", {"person": "Bo"}, "Bo follows it no more"),
    ],
)
def test_the_timeline_calls_its_reader_you(kind: str, args: dict[str, Any], text: str) -> None:
    reader = Reader(words=Words("en"), zone=timezone(timedelta()), id="ana", name="Ana")
    found = TimelineEntry(n=1, at=AT, actor=Actor(kind="system", id=None, name="Dogwatch"), kind=kind, args=args)
    assert "".join(piece for piece, _ in told(reader, (found,))[0].what) == text


def entry(n: int, kind: str, seconds: float, **args: Any) -> TimelineEntry:
    actor = Actor(kind="user" if kind == "commented" else "system", id="ana", name="Ana")
    return TimelineEntry(n=n, at=AT + timedelta(seconds=seconds), actor=actor, kind=kind, args=args)


def paged(n: int, seconds: float, *people: str) -> TimelineEntry:
    return entry(n, "level_paged", seconds, level=1, levels=2, people=list(people), targets=["Watch"])


def sent(n: int, seconds: float, person: str, took_ms: int) -> TimelineEntry:
    return entry(n, "page_accepted", seconds, person=person, channel="push", label="Phone", took_ms=took_ms)


def came(n: int, kind: str, seconds: float, person: str, paged_at: float, **args: Any) -> TimelineEntry:
    """A result that says when its page was written."""
    at = (AT + timedelta(seconds=paged_at)).isoformat().replace("+00:00", "Z")
    return entry(n, kind, seconds, person=person, channel="push", label="Phone", paged_at=at, **args)


def results(*entries: TimelineEntry) -> dict[int, list[str]]:
    """By the line under which they stand, oldest first; which of its people each is about."""
    reader = Reader(words=Words("en"), zone=timezone(timedelta()), id="me")
    return {each.n: [f"{one.who} {one.ending}" for one in each.results] for each in reversed(told(reader, entries))}


def test_what_became_of_a_page_stands_under_its_own_page() -> None:
    comment = entry(3, "commented", 20, text="Looking at it")
    found = results(paged(1, 0, "Ana"), paged(2, 10, "Bo"), comment, sent(4, 21, "Ana", 900), sent(5, 22, "Bo", 100))
    assert [len(found[n]) for n in (1, 2, 3)] == [1, 1, 0]


def test_a_late_result_belongs_to_the_round_that_sent_it() -> None:
    found = results(paged(1, 0, "Ana"), paged(2, 300, "Ana"), sent(3, 301, "Ana", 300_500), sent(4, 302, "Ana", 800))
    assert [len(found[n]) for n in (1, 2)] == [1, 1]


def test_results_find_their_page_among_pages_of_the_same_moment() -> None:
    again = entry(3, "paged_anew", 0.15, people=["Ana"], severity="critical")
    found = results(
        paged(1, 0, "Ana"),
        paged(2, 0.1, "Ana", "Bo"),
        again,
        came(4, "page_opened", 9, "Ana", 0),
        came(5, "page_accepted", 9, "Ana", 0.15, took_ms=8_000),
        came(6, "page_failed", 9, "Bo", 0.1, reason="timeout", permanent=True),
        came(7, "page_unconfirmed", 99, "Ana", 0, waited_s=90),
    )
    assert {n: len(each) for n, each in found.items()} == {1: 2, 2: 1, 3: 1}


def test_a_message_that_was_to_leave_later_stands_under_the_line_that_planned_it() -> None:
    later = came(3, "page_accepted", 301, "Ana", 0, took_ms=200)
    assert [len(each) for each in results(paged(1, 0, "Ana"), paged(2, 240, "Ana"), later).values()] == [1, 0]


def test_who_has_no_address_is_told_apart_from_an_earlier_page() -> None:
    skipped = entry(2, "page_skipped", 0.1, person="Ana", reason="no_address")
    assert [len(each) for each in results(paged(1, 0, "Ana"), skipped).values()] == [0, 1]


def test_a_result_of_nobody_that_was_paged_stands_alone() -> None:
    found = results(paged(1, 0, "Ana"), entry(2, "page_failed", 5, person="Cy", channel="email", label="", reason="x"))
    assert [len(found[n]) for n in (1, 2)] == [0, 1]


ARGUMENTS: dict[str, Any] = {
    "title": "Disk",
    "before": "Disc",
    "source": "events",
    "integration": "Tokyo",
    "people": [READER.name, OTHER.name],
    "person": OTHER.name,
    "targets": ["Tokyo"],
    "policy": "Tokyo",
    "label": "Pixel",
    "channel": "push",
    "was": "warning",
    "now": "critical",
    "severity": "critical",
    "fields": ["impact", "root_cause", "method", "lessons"],
    "reason": "nobody_answered",
    "until": "2026-11-21T08:30:00Z",
    "via": "app",
    "method": "",
    "text": "Disk",
    "verb": "add_responders",
    "what": "timer",
    "permanent": False,
    "quiet": True,
}
"""By the name of the argument; what is not here is a number."""
REASONS = ("nobody_on_call", "unreachable", "http_503", "smtp_550", "unsnoozed", "over", "receiver_busy", "no_policy")
BY_ITSELF = (
    *("opened", "severity_changed", "round_started", "round_unreached", "rounds_over", "fallback_paged", "exhausted"),
    *("alerts_joined", "alerts_recovered", "level_paged", "level_skipped", "paged_anew", "silenced", "silence_over"),
    *("hurried", "responders_paged", "repaired", "of_a_newer_server"),
)
"""What the machine does."""
DOERS = (
    Actor(kind="user", id=READER.id, name=READER.name),
    Actor(kind="user", id=OTHER.id, name=OTHER.name),
    Actor(kind="api_key", id="k", name="Terraform"),
    Actor(kind="integration", id="i", name="Tokyo"),
    Actor(kind="system", id=None, name="Dogwatch"),
)


def variants(kind: str) -> list[dict[str, Any]]:
    """The arguments of a kind, with every way, reason and verb that there is."""
    args = {name: ARGUMENTS.get(name, 3) for name in KINDS[kind]}
    found = [args, args | {name: "" for name in ("method", "policy") if name in args} | {"people": []}]
    ways = ("app", "api", "push", "email", "webhook", "integration", "recovery")
    sources = ("alertmanager", "grafana", "pagerduty", "of_a_newer_server")
    for name, values in (
        ("source", sources),
        ("via", ways),
        ("reason", REASONS),
        ("verb", VERBS),
        ("severity", ("info", "warning")),
    ):
        found += [args | {name: each} for each in values if name in args]
    return [args | {"people": [READER.name]} if "people" in args else args, *found]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "of_a_newer_server"])
def test_every_kind_is_a_sentence_with_nothing_raw(kind: str, language: Language) -> None:
    words = Words(language)
    reader = Reader(words=words, zone=timezone(timedelta(hours=1)), id=READER.id, name=READER.name)
    kept = "Disk\nDisc\neu-west\nTokyo\nPixel\nTerraform\nAna Ruiz"
    doers = DOERS[-2:] if kind in BY_ITSELF else DOERS
    for args, doer in product(variants(kind) if kind in KINDS else [{}], doers):
        moment = told(reader, (TimelineEntry(n=1, at=AT, actor=doer, kind=kind, args=args),))[0]
        text = "".join(piece for piece, _ in moment.what)
        if moment.person is not None:
            text = words("timeline.by", who=reader.person(moment.person), what=text)
        for each in (text, *(f"{one.who} {one.ending}" for one in moment.results)):
            assert not flaws(each, language, kept=kept), (each, flaws(each, language, kept=kept))
        assert moment.results or text[:1].upper() == text[:1] or doer.kind == "user", text
