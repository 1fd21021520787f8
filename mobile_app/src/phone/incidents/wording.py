"""Sentences about incidents, watches and errors: structs in, catalogue texts out, nothing drawn."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from phone.base import moments
from phone.base.i18n import Pieces
from phone.base.people import Reader
from shared.wire.incidents import (
    Escalation,
    EscalationStep,
    Incident,
    IncidentItem,
    Responder,
    SimilarIncident,
    TimelineEntry,
    Why,
)
from shared.wire.lists import Ref

PAGED: Final = ("level_paged", "fallback_paged", "responders_paged", "paged_anew", "opened_by_hand")
AT_ONCE: Final = timedelta(seconds=10)


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
    left, coming = moments.countdown(item.next.at, now=now), reader.named(item.next.names)
    then = reader.people(coming)
    if not item.paging:
        return words.pieces("row.next", next=then, countdown=left, count=reader.number(coming))
    return words.pieces("row.paging_next", who=reader.people(item.paging), next=then, countdown=left)


def waiting_line(reader: Reader, item: IncidentItem, *, now: datetime) -> Pieces:
    """The red card's sentence: who comes next, and when."""
    if item.next is None or not item.next.names:
        return reader.words.pieces("card.waiting")
    coming = reader.named(item.next.names)
    then, count = reader.people(coming, begins=True), reader.number(coming)
    if item.next.at <= now:
        return reader.words.pieces("card.waiting_due", next=then, count=count)
    left = moments.countdown(item.next.at, now=now)
    return reader.words.pieces("card.waiting_next", next=then, countdown=left, count=count)


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
    meant = step_refs(coming[0])
    then, count = reader.people(meant), reader.number(meant)
    if not incident.paging:
        return words.pieces("next.soon", next=reader.people(meant, begins=True), countdown=left, count=count)
    if len(coming) > 1 and coming[1].at is not None:
        at, later = moments.moment(words, coming[1].at, now=now, zone=reader.zone), step_refs(coming[1])
        if later == meant:
            return words.pieces("next.paging_then_again", who=who, next=then, countdown=left, at=at, count=count)
        both: dict[str, object] = {"later": reader.people(later), "at": at, "count": count}
        return words.pieces("next.paging_then_later", who=who, next=then, countdown=left, **both)
    return words.pieces("next.paging_then", who=who, next=then, countdown=left, count=count)


def step_refs(step: EscalationStep) -> list[Ref]:
    """Whom a level pages: the people if they are known, else the targets."""
    people = {ref.id: ref for target in step.targets for ref in target.people}
    return list(people.values()) or [Ref("", target.name) for target in step.targets]


def step_people(reader: Reader, step: EscalationStep, *, begins: bool = False) -> str:
    """Whom a level pages, by name."""
    return reader.people(step_refs(step), begins=begins)


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
    if told and before.resolved_by:
        return reader.words("similar.told", who=reader.person(before.resolved_by, begins=True), text=told)
    return told or (reader.words("similar.by", who=who) if who else reader.words("similar.untold"))


def next_level(run: Escalation) -> list[Ref]:
    """Who would be paged by escalating now; empty when nobody comes."""
    coming = next((step for step in run.steps if step.state == "next"), None)
    return step_refs(coming) if coming else []


def paged_now(incident: Incident, *, now: datetime) -> list[Ref]:
    """Whom a verb pages that ended a moment ago; empty when nobody is known by name.

    Steps are taken after the answer: what is due then stands there as coming, and the last one is of before the verb.
    """
    steps = incident.escalation.steps
    due = [each for each in steps if each.state == "next" and each.at is not None and each.at <= now + AT_ONCE]
    taken = [each for each in steps if each.state == "now"]
    known = (step for step in due or taken if any(target.people for target in step.targets))
    return next((step_refs(step) for step in known), list[Ref]())


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


def why_before(reader: Reader, incident: Incident, timeline: Sequence[TimelineEntry], *, now: datetime) -> str | None:
    """How it reached a reader whom its levels don't mean now: called in, paged before it went to others, or not yet."""
    asked = next((each for each in incident.responders if each.user.id == reader.id and each.asked_by), None)
    if asked is not None and asked.asked_by is not None:
        return reader.words("why.called_in", who=reader.person(asked.asked_by, begins=True))
    paged = [each for each in timeline if each.kind in PAGED and reader.name in each.args.get("people", ())]
    if paged and reader.name:
        return reader.words("why.before", when=moments.ago(reader.words, paged[-1].at, now=now))
    return _why_coming(reader, incident, now=now)


def _why_coming(reader: Reader, incident: Incident, *, now: datetime) -> str | None:
    for step in incident.escalation.steps:
        if step.state == "next" and step.at is not None and reader.id in {ref.id for ref in step_refs(step)}:
            at = moments.moment(reader.words, step.at, now=now, zone=reader.zone)
            return reader.words("why.coming", level=step.level, at=at)
    return None
