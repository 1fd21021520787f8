"""Sentences about incidents, watches and errors: structs in, catalogue texts out, nothing drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from phone import moments
from phone.api.errors import ApiError
from phone.i18n import Words
from shared.wire.incidents import (
    Escalation,
    EscalationStep,
    Incident,
    IncidentItem,
    Responder,
    SimilarIncident,
    Why,
)
from shared.wire.lists import Ref
from shared.wire.on_call import MyOnCall, MyWatch

Pieces = list[tuple[str, str | None]]
AT_ONCE: Final = timedelta(seconds=10)
"""A step that is due this soon is the one that a verb has just asked for: clocks differ by seconds."""


@dataclass(frozen=True)
class Reader:
    """For whom a sentence is made: language, zone, and who "you" is."""

    words: Words
    zone: tzinfo
    id: str

    def person(self, ref: Ref) -> str:
        """A person's name, or "you"."""
        return self.words("you") if ref.id == self.id else ref.name

    def people(self, refs: Sequence[Ref]) -> str:
        """Names in a row, the reader first."""
        ordered = sorted(refs, key=lambda ref: ref.id != self.id)
        return self.words.names([self.person(ref) for ref in ordered])


def state_line(reader: Reader, item: IncidentItem, *, now: datetime) -> Pieces:
    """The last line of a row: what the state means at this moment."""
    words = reader.words
    if item.state == "acknowledged" and item.snoozed_until is not None:
        until = moments.moment(words, item.snoozed_until, now=now, zone=reader.zone)
        return words.pieces("row.snoozed", until=until)
    if item.state == "acknowledged" and item.acknowledged_at is not None:
        who = reader.person(item.acknowledged_by) if item.acknowledged_by else words("names.nobody")
        return words.pieces("row.acknowledged", who=who, when=moments.ago(words, item.acknowledged_at, now=now))
    if item.state == "resolved":
        return words.pieces("row.resolved", when=moments.ago(words, item.resolved_at or now, now=now))
    if item.state == "acknowledged":
        return words.pieces("state.acknowledged")
    if item.silenced_until is not None:
        until = moments.moment(words, item.silenced_until, now=now, zone=reader.zone)
        return words.pieces("row.silenced", until=until)
    if item.next is None or not item.next.names:
        return words.pieces("row.paging", who=reader.people(item.paging)) if item.paging else words.pieces("row.quiet")
    left, then = moments.countdown(item.next.at, now=now), words.names(item.next.names)
    if not item.paging:
        return words.pieces("row.next", next=then, countdown=left)
    return words.pieces("row.paging_next", who=reader.people(item.paging), next=then, countdown=left)


def waiting_line(reader: Reader, item: IncidentItem, *, now: datetime) -> Pieces:
    """The red card's sentence: who comes next, and when."""
    if item.next is None or not item.next.names:
        return reader.words.pieces("card.waiting")
    then = reader.words.names(item.next.names)
    if item.next.at <= now:
        return reader.words.pieces("card.waiting_due", next=then)
    return reader.words.pieces("card.waiting_next", next=then, countdown=moments.countdown(item.next.at, now=now))


def next_sentence(reader: Reader, incident: Incident, *, now: datetime) -> Pieces:
    """What happens next, in one sentence."""
    words = reader.words
    if incident.state == "resolved":
        return words.pieces("next.resolved", when=moments.ago(words, incident.resolved_at or now, now=now))
    if incident.state == "acknowledged":
        return _acknowledged_sentence(reader, incident, now=now)
    if incident.silenced_until is not None:
        until = moments.moment(words, incident.silenced_until, now=now, zone=reader.zone)
        return words.pieces("next.silenced", until=until)
    run = incident.escalation
    if run.state == "exhausted":
        return words.pieces("next.exhausted")
    if run.state != "running":
        return words.pieces("next.none")
    return _running_sentence(reader, incident, now=now)


def _acknowledged_sentence(reader: Reader, incident: Incident, *, now: datetime) -> Pieces:
    who, at = incident.acknowledged_by, incident.acknowledged_at or now
    when = moments.moment(reader.words, at, now=now, zone=reader.zone)
    if incident.snoozed_until is not None:
        until = moments.moment(reader.words, incident.snoozed_until, now=now, zone=reader.zone)
        left = moments.span(reader.words, incident.snoozed_until - now)
        return reader.words.pieces("next.snoozed", until=until, countdown=left)
    if who is not None and who.id == reader.id:
        return reader.words.pieces("next.acknowledged_you", when=when)
    name = who.name if who else reader.words("names.nobody")
    return reader.words.pieces("next.acknowledged", who=name, when=when)


def _running_sentence(reader: Reader, incident: Incident, *, now: datetime) -> Pieces:
    words, run = reader.words, incident.escalation
    coming = [step for step in run.steps if step.state == "next"]
    who = reader.people(incident.paging) if incident.paging else words("names.nobody")
    if run.next_at is None:
        return words.pieces("next.paging_last", who=who)
    left = moments.countdown(run.next_at, now=now) if run.next_at > now else words("next.due")
    if not coming:
        return words.pieces("next.again", who=who, countdown=left)
    then = step_people(reader, coming[0])
    if not incident.paging:
        return words.pieces("next.soon", next=then, countdown=left)
    if len(coming) > 1 and coming[1].at is not None:
        at = moments.moment(words, coming[1].at, now=now, zone=reader.zone)
        later = step_people(reader, coming[1])
        return words.pieces("next.paging_then_later", who=who, next=then, countdown=left, later=later, at=at)
    return words.pieces("next.paging_then", who=who, next=then, countdown=left)


def step_people(reader: Reader, step: EscalationStep) -> str:
    """Whom a level pages: the people if they are known, else the targets' names."""
    people = {ref.id: ref for target in step.targets for ref in target.people}
    if people:
        return reader.people(list(people.values()))
    return reader.words.names([target.name for target in step.targets])


def step_time(reader: Reader, step: EscalationStep, *, now: datetime) -> str:
    """What stands over a level: a time, or the state in a word."""
    if step.state in ("now", "skipped") or step.at is None:
        return reader.words(f"step.{step.state}")
    return moments.moment(reader.words, step.at, now=now, zone=reader.zone)


def responder_state(reader: Reader, responder: Responder, *, now: datetime) -> str:
    """How far somebody was reached, and by whose wish."""
    state = reader.words(f"responder.{responder.state}", when=moments.ago(reader.words, responder.at, now=now))
    if responder.asked_by is None:
        return state
    return reader.words("responder.asked_by", state=state, who=reader.person(responder.asked_by))


def solved(reader: Reader, before: SimilarIncident) -> str:
    """How an earlier incident ended, in the words of who solved it."""
    told = " ".join(part for part in (before.method, before.root_cause, before.lessons) if part)
    who = reader.person(before.resolved_by) if before.resolved_by else ""
    if told and who:
        return reader.words("similar.told", who=who, text=told)
    return told or (reader.words("similar.by", who=who) if who else reader.words("similar.untold"))


def next_level(reader: Reader, run: Escalation) -> str | None:
    """Who would be paged by escalating now."""
    coming = next((step for step in run.steps if step.state == "next"), None)
    return step_people(reader, coming) if coming else None


def paged_now(reader: Reader, incident: Incident, *, now: datetime) -> str | None:
    """Whom a verb pages that ended a moment ago; None when nobody is known by name.

    Steps are taken after the answer: what is due then stands there as coming, and the last one is of before the verb.
    """
    steps = incident.escalation.steps
    due = [each for each in steps if each.state == "next" and each.at is not None and each.at <= now + AT_ONCE]
    taken = [each for each in steps if each.state == "now"]
    for step in (*due, *(taken if not due else ())):
        if any(target.people for target in step.targets):
            return step_people(reader, step)
    return None


def why_sentence(reader: Reader, why: Why, *, now: datetime) -> Pieces:
    """What put the incident on the reader."""
    words = reader.words
    until = moments.moment(words, why.until, now=now, zone=reader.zone) if why.until else ""
    policy = why.policy.name if why.policy else ""
    if why.schedule is not None:
        key = "why.schedule" + ("" if policy else "_only") + ("_until" if until else "")
        return words.pieces(key, schedule=why.schedule.name, level=why.level, policy=policy, until=until)
    if why.team is not None:
        return words.pieces(f"why.team{'' if policy else '_only'}", team=why.team.name, level=why.level, policy=policy)
    return words.pieces(f"why.named{'' if policy else '_only'}", level=why.level, policy=policy)


def watch_until(reader: Reader, watch: MyWatch, *, now: datetime) -> str:
    """The right end of the on-call card: until when, who follows."""
    words = reader.words
    until = moments.moment(words, watch.until, now=now, zone=reader.zone) if watch.until else ""
    then = reader.people(watch.then) if watch.then else ""
    if until and then:
        return words("card.until_then", until=until, then=then)
    if until:
        return words("card.until", until=until)
    return words("card.then", then=then) if then else ""


def watch_span(reader: Reader, watch: MyWatch, *, now: datetime) -> str:
    """Since when, until when, and who follows, as a sentence."""
    key = "on_call.since" + ("_until" if watch.until else "") + ("_then" if watch.then else "")
    return reader.words(
        key,
        since=moments.moment(reader.words, watch.since, now=now, zone=reader.zone),
        until=moments.moment(reader.words, watch.until, now=now, zone=reader.zone) if watch.until else "",
        then=reader.people(watch.then),
    )


def unreachable_text(words: Words, mine: MyOnCall) -> str:
    """Why a page may not arrive."""
    return words.first(f"unreachable.{mine.unreachable}", "unreachable.other", reason=mine.unreachable)


def problem(words: Words, error: Exception) -> str:
    """An error as a sentence: what happened, whether anything was lost, what to do."""
    if not isinstance(error, ApiError):
        return words("error.no_answer")
    keys = [f"error.{error.code}", f"error.status.{error.status}"]
    if error.status > 503 or error.status in (501, 502):
        keys.append("error.status.500")
    return words.first(*keys, "error.other", status=error.status, detail=error.detail)
