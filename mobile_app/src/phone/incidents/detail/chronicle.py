"""Timeline entries as sentences: who did what, and what became of each page."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from phone.base import moments, problems
from phone.base.i18n import Pieces, Words
from phone.base.people import Reader
from shared.wire.incidents import TimelineEntry
from shared.wire.lists import Ref

FULLER = (
    ("resolved", "method", "timeline.resolved_text"),
    ("level_skipped", "targets", "timeline.level_skipped_of"),
    ("opened_by_hand", "people", "timeline.opened_by_hand_people"),
    ("reassigned", "policy", "timeline.reassigned_policy"),
    ("undone", "left", "timeline.undone_left"),
    ("reopened", "quiet", "timeline.reopened_quiet"),
    ("alerts_recovered", "title", "timeline.alerts_recovered_named"),
)
"""Kinds that are told by another sentence when they carry this argument."""
Outcome = Literal["ok", "failed", "open"]
SLACK = timedelta(seconds=1)
"""Between writing that somebody is paged and the page that leaves, where results don't name their page."""
RESULTS = ("page_accepted", "page_failed", "page_skipped", "page_received", "page_opened", "page_unconfirmed")
CODES = {"verb": "verb", "status": "status_event", "was": "severity", "now": "severity", "severity": "severity"}
"""Arguments that are codes, by what the words for them begin with."""
SAID: dict[str, Outcome] = {"page_received": "ok", "page_opened": "ok", "page_unconfirmed": "open"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one page: whose, by which way, and how it ended."""

    who: str
    ending: str
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the timeline; `person` did it, or the machine when there is none."""

    n: int
    at: datetime
    person: Ref | None
    what: Pieces
    results: tuple[Result, ...] = ()


def told(reader: Reader, entries: tuple[TimelineEntry, ...]) -> tuple[Moment, ...]:
    """The timeline newest first, the results of pages under what sent them."""
    moments: list[Moment] = []
    senders: list[_Sender] = []
    for entry in entries:
        sender = _sender_of(entry, senders) if entry.kind in RESULTS and entry.kind != "page_skipped" else None
        if sender is not None:
            result = result_of(reader, entry, paged=sender.people)
            moments[sender.place] = _with_result(moments[sender.place], result)
            continue
        if entry.kind not in RESULTS and (people := _names(entry.args.get("people", []))):
            senders.append(_Sender(place=len(moments), at=entry.at, people=people))
        moments.append(_moment(reader, entry))
    return tuple(reversed(moments))


@dataclass(frozen=True, kw_only=True)
class _Sender:
    """A line that paged people, by its place."""

    place: int
    at: datetime
    people: list[str]


def _sender_of(entry: TimelineEntry, senders: list[_Sender]) -> _Sender | None:
    """The line that paged this person: the one that the entry names by its time.

    Older entries don't: the last before the message left, where they say how long that took.
    """
    person = _names([entry.args.get("person")])[0]
    named = [each for each in senders if person in each.people]
    if (paged_at := entry.args.get("paged_at")) is not None:
        exact = [each for each in named if each.at == datetime.fromisoformat(str(paged_at))]
        return (exact or [None])[-1]
    took_ms = entry.args.get("took_ms")
    left_at = entry.at - timedelta(milliseconds=took_ms) if isinstance(took_ms, int | float) else entry.at
    before = [each for each in named if each.at <= left_at + SLACK]
    return (before or named or [None])[-1]


def _with_result(moment: Moment, result: Result) -> Moment:
    return replace(moment, results=(*moment.results, result))


def _moment(reader: Reader, entry: TimelineEntry) -> Moment:
    if entry.kind in RESULTS:
        return Moment(n=entry.n, at=entry.at, person=None, what=[], results=(result_of(reader, entry),))
    person = _doer(reader.words, entry)
    what = reader.words.pieces(key_of(reader.words, entry, by_person=person is not None), **arguments(reader, entry))
    return Moment(n=entry.n, at=entry.at, person=person, what=what if person is not None else _begun(what))


def _doer(words: Words, entry: TimelineEntry) -> Ref | None:
    """A person, or a program that acts under a key of its own."""
    if entry.actor.kind == "api_key":
        return Ref("", words("audit.by_key", name=entry.actor.name))
    return Ref(entry.actor.id or "", entry.actor.name) if entry.actor.kind == "user" else None


def _begun(what: Pieces) -> Pieces:
    """What nobody did begins its own sentence."""
    first, name = what[0]
    return [(first[:1].upper() + first[1:], name), *what[1:]]


def key_of(words: Words, entry: TimelineEntry, *, by_person: bool) -> str:
    """The catalogue's key of an entry; for one of a newer server there are no words here."""
    if entry.kind == "escalated" and entry.args.get("level", 0) > (entry.args.get("levels") or math.inf):
        return "timeline.escalated_fallback"
    for kind, argument, key in FULLER:
        if entry.kind == kind and entry.args.get(argument):
            return key
    if entry.kind == "followers_added" and _names(entry.args.get("people", [])) == [entry.actor.name]:
        return "timeline.followed"
    if not by_person and words.has(f"timeline.machine_{entry.kind}"):
        return f"timeline.machine_{entry.kind}"
    return f"timeline.{entry.kind}" if words.has(f"timeline.{entry.kind}") else "timeline.unknown"


def arguments(reader: Reader, entry: TimelineEntry) -> dict[str, object]:
    """The entry's arguments with codes turned into words."""
    args: dict[str, object] = {}
    for name, value in entry.args.items():
        args[name] = _argument(reader, name, value)
    if "left" in args:
        args["count"] = args["left"]
    return args


def _argument(reader: Reader, name: str, value: Any) -> object:
    words = reader.words
    if name in ("people", "person"):
        return reader.named(_names(value))
    if name == "targets":
        return words.names(_names(value))
    if name == "fields":
        return words.names([words(f"field.{field}") for field in _names(value)])
    if name == "reason":
        return problems.reason(words, None if value is None else str(value))
    if name in ("via", "what"):
        code = "" if value is None else str(value)
        return words.first(f"{name}.{code}", f"{name}.other", **{name: code.replace("_", " ")})
    if name == "source":
        return words.first(f"source.{value}", "source.other")
    if name == "until":
        return moments.day_clock(words, datetime.fromisoformat(str(value)), reader.zone)
    if name in CODES:
        return words.first(f"{CODES[name]}.{value}", "timeline.other", kind=value)
    return "" if value is None else value


def _names(values: Any) -> list[str]:
    if not isinstance(values, list):
        values = [values]
    names: list[str] = []
    for value in cast(list[Any], values):
        names.append(str(cast(dict[str, Any], value).get("name", "")) if isinstance(value, dict) else str(value))
    return names


def result_of(reader: Reader, entry: TimelineEntry, *, paged: list[str] | None = None) -> Result:
    """What became of a page, from its own entry; a name that the line above says alone is not repeated."""
    words, args = reader.words, arguments(reader, entry)
    person, label = reader.named(_names([entry.args.get("person", "")])), str(args.get("label") or "")
    if label and paged == _names([entry.args.get("person")]):
        channel = words.first(f"channel.{args.get('channel')}", "timeline.other", kind=args.get("channel", ""))
        who = words("result.device", label=label, channel=channel)
    else:
        who = words("timeline.page_accepted", person=person, label=label) if label else person.said(words, begins=True)
    if entry.kind == "page_accepted":
        return Result(who=who, ending=_took(words, entry.args.get("took_ms")), outcome="ok")
    if (outcome := SAID.get(entry.kind)) is not None:
        return Result(who=who, ending=words(f"result.{entry.kind}", **_seconds(entry)), outcome=outcome)
    if entry.kind == "page_skipped":
        return Result(who=who, ending=words("result.skipped", reason=args.get("reason", "")), outcome="open")
    key = "result.failed" if entry.args.get("permanent", True) else "result.retrying"
    return Result(who=who, ending=words(key, reason=args.get("reason", "")), outcome="failed")


def _seconds(entry: TimelineEntry) -> dict[str, object]:
    """How long a page took or was waited for, in whole seconds."""
    took_ms = entry.args.get("took_ms", 0)
    return {"count": entry.args.get("waited_s", round(took_ms / 1000) if isinstance(took_ms, int) else 0)}


def _took(words: Words, took_ms: object) -> str:
    if not isinstance(took_ms, int | float):
        return words("result.accepted_plain")
    if took_ms < 1000:
        return words("result.accepted", took=words("result.took_ms", count=round(took_ms)))
    return words("result.accepted", took=words("result.took", count=f"{took_ms / 1000:.1f}"))
