"""Shifts that begin, end or have changed, in the words of people and of groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from server.notices.reader import Reader, calendar_time, clock_time, people_text, span_text, text
from server.notices.send import Notice
from shared.domain.on_call.layer_edits import Change
from shared.wire.handovers import Handover
from shared.wire.lists import Ref

FIRST_TITLES = 3
MOST_NAMED = 5


class ShiftFacts(Struct, frozen=True, kw_only=True):
    """A schedule at an instant: who is on call from then on, and until when; `description` is what it wants added."""

    schedule: str
    at: datetime
    until: datetime | None
    people: tuple[Ref, ...]
    description: str
    url: str


class ChangeFacts(Struct, frozen=True, kw_only=True):
    """Who changed a schedule, empty for itself, and what one person gains and loses by it."""

    schedule: str
    maker: str
    changes: tuple[Change, ...]
    url: str


def shift_begins(facts: ShiftFacts, handover: Handover | None, reader: Reader) -> Notice:
    """For whoever is on call from now on, with what they should know."""
    args = _args(facts, reader)
    lines = [text(reader, "shift.until", **args) if facts.until else text(reader, "shift.for_ever")]
    lines += _handover_lines(reader, handover) if handover is not None else []
    return _notice(facts, text(reader, "shift.start_title", **args), lines)


def shift_ahead(key: Literal["enter", "leave", "daily"], facts: ShiftFacts, reader: Reader) -> Notice:
    """For whoever comes or goes soon, or is on call today."""
    args = _args(facts, reader)
    return _notice(facts, text(reader, f"shift.{key}_title", **args), [text(reader, f"shift.{key}_body", **args)])


def shift_for_group(key: Literal["handoff", "daily"], facts: ShiftFacts, reader: Reader) -> Notice:
    args = _args(facts, reader)
    body = f"shift.group_{key}_body" if facts.people else f"shift.group_{key}_nobody_body"
    return _notice(facts, text(reader, f"shift.group_{key}_title", **args), [text(reader, body, **args)])


def shifts_changed(facts: ChangeFacts, reader: Reader) -> Notice:
    lines = [
        text(
            reader,
            "change.gains" if change.gains else "change.loses",
            span=span_text(reader, facts.schedule, change.start, change.end),
        )
        for change in facts.changes[:MOST_NAMED]
    ]
    if len(facts.changes) > MOST_NAMED:
        lines.append(text(reader, "change.more", count=len(facts.changes) - MOST_NAMED))
    key = "change.title_by" if facts.maker else "change.title"
    title = text(reader, key, schedule=facts.schedule, who=facts.maker)
    return Notice(title=title, body="\n".join(lines), url=facts.url)


def _args(facts: ShiftFacts, reader: Reader) -> dict[str, Any]:
    return {
        "schedule": facts.schedule,
        "time": clock_time(reader, facts.at),
        "at": calendar_time(reader, facts.at),
        "until": calendar_time(reader, facts.until) if facts.until else "",
        "people": people_text(reader, facts.people),
    }


def _notice(facts: ShiftFacts, title: str, lines: Sequence[str]) -> Notice:
    body = "\n".join([*lines, facts.description] if facts.description else lines)
    return Notice(title=title, body=body, url=facts.url)


def _handover_lines(reader: Reader, handover: Handover) -> list[str]:
    lines: list[str] = []
    if handover.incidents:
        lines.append(text(reader, "handover.incidents", count=len(handover.incidents)))
        lines += [f"#{each.number} {each.title}" for each in handover.incidents[:FIRST_TITLES]]
    if handover.silences:
        lines.append(text(reader, "handover.silences", count=len(handover.silences)))
    if handover.noise:
        noisiest = handover.noise[0]
        lines.append(text(reader, "handover.noise", service=noisiest.service.name, count=noisiest.alerts))
    if handover.remark is not None:
        remark = handover.remark
        lines.append(text(reader, "handover.remark", who=remark.by.name, text=remark.text))
    return lines
