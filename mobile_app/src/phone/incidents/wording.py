"""Sentences about incidents, watches and errors: structs in, catalogue texts out, nothing drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from phone.base import moments
from phone.base.i18n import Pieces
from phone.base.people import People, Reader
from shared.wire.incidents import (
    Escalation,
    EscalationStep,
    Incident,
    IncidentItem,
    NextPage,
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
        who = reader.people([item.acknowledged_by] if item.acknowledged_by else [])
        return words.pieces("row.acknowledged", who=who, when=moments.ago(words, item.acknowledged_at, now=now))
    if item.state == "resolved":
        return words.pieces("row.resolved", when=moments.ago(words, item.resolved_at or now, now=now))
    if item.state == "acknowledged":
        return words.pieces("state.acknowledged")
    if item.silenced_until is not None:
        until = moments.moment(words, item.silenced_until, now=now, zone=reader.zone)
        return words.pieces("row.silenced", until=until)
    paging = reader.people(item.paging)
    if item.next is None or not item.next.names:
        return words.pieces("row.paging", who=paging) if item.paging else words.pieces("row.quiet")
    left, then = moments.countdown(item.next.at, now=now), _next_people(reader, item.next)
    if not item.paging:
        return words.pieces("row.next", next=then, countdown=left)
    return words.pieces(
        "row.paging_again" if then.same_as(paging) else "row.paging_next", who=paging, next=then, countdown=left
    )


def waiting_line(reader: Reader, item: IncidentItem, *, now: datetime) -> Pieces:
    """The red card's sentence: who comes next, and when."""
    if item.next is None or not item.next.names:
        return reader.words.pieces("card.waiting")
    then = _next_people(reader, item.next)
    if item.next.at <= now:
        return reader.words.pieces("card.waiting_due", next=then)
    key = "card.waiting_again" if then.number == "reader" and item.paging else "card.waiting_next"
    return reader.words.pieces(key, next=then, countdown=moments.countdown(item.next.at, now=now))


def _next_people(reader: Reader, coming: NextPage) -> People:
    """By their ids; an older server tells names alone."""
    return reader.people(coming.people) if coming.people else reader.named(coming.names)


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
    return reader.words.pieces("next.acknowledged", who=reader.people([who] if who else []), when=when)


def _running_sentence(reader: Reader, incident: Incident, *, now: datetime) -> Pieces:
    words, run, who = reader.words, incident.escalation, reader.people(incident.paging)
    coming = [step for step in run.steps if step.state == "next"]
    if run.next_at is None:
        return words.pieces("next.paging_last", who=who)
    left = moments.countdown(run.next_at, now=now) if run.next_at > now else words("next.due")
    if not coming:
        return words.pieces("next.again", who=who, countdown=left)
    then = step_people(reader, coming[0])
    if not incident.paging:
        return words.pieces("next.soon", next=then, countdown=left)
    same = then.same_as(who)
    if len(coming) == 1 or coming[1].at is None:
        return words.pieces("next.paging_same" if same else "next.paging_then", who=who, next=then, countdown=left)
    at, later = moments.moment(words, coming[1].at, now=now, zone=reader.zone), step_people(reader, coming[1])
    key = "next.paging_same_later" if same else "next.paging_then_later"
    if later.same_as(then):
        key = "next.paging_same" if same else "next.paging_then_again"
    return words.pieces(key, who=who, next=then, countdown=left, later=later, at=at)


def is_fallback(run: Escalation, level: int) -> bool:
    """Whether a step's level is none of the policy's, but what comes when all of them were silent."""
    return level > run.levels


def step_label(reader: Reader, run: Escalation, step: EscalationStep, *, now: datetime) -> str:
    """A step as it is read aloud."""
    who, when = reader.alone(*step_refs(step)), step_time(reader, step, now=now)
    if is_fallback(run, step.level):
        return reader.words("step.label_fallback", who=who, state=when)
    return reader.words("step.label", level=step.level, who=who, state=when)


def step_refs(step: EscalationStep) -> list[Ref]:
    """Whom a level pages: the people if they are known, else the targets."""
    people = {ref.id: ref for target in step.targets for ref in target.people}
    return list(people.values()) or [Ref("", target.name) for target in step.targets]


def step_people(reader: Reader, step: EscalationStep) -> People:
    """Whom a level pages, for a sentence."""
    return reader.people(step_refs(step))


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
    if before.resolved_by is None:
        return told or reader.words("similar.untold")
    who = reader.person(before.resolved_by)
    return reader.words("similar.told", who=who, text=told) if told else reader.words("similar.by", who=who)


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


@dataclass(frozen=True)
class WhyMe:
    """Why the reader sees an incident: the title over it, and one sentence for each reason."""

    title: str
    reasons: tuple[Pieces, ...]


def why(reader: Reader, incident: Incident, timeline: Sequence[TimelineEntry], *, now: datetime) -> WhyMe:
    """What put it on the reader, alternatives in one sentence; else who is paged, and why it is seen all the same."""
    words = reader.words
    if incident.why:
        return WhyMe(words("incident.why"), tuple(_reasons(reader, incident, now=now)))
    if (before := _why_before(reader, incident, timeline, now=now)) is not None:
        return WhyMe(words("incident.why"), (before,))
    others = [each for each in incident.paging if each.id != reader.id]
    told = words.pieces("why.others", who=reader.people(others)) if others else words.pieces("why.not_you")
    return WhyMe(words("incident.whom"), (told,))


def _reasons(reader: Reader, incident: Incident, *, now: datetime) -> Iterator[Pieces]:
    run = incident.escalation
    levels = [each for each in incident.why if not is_fallback(run, each.level)]
    yield from (_why(reader, each, now=now) for each in _merged(levels))
    last = next((each for each in incident.why if is_fallback(run, each.level)), None)
    if last is not None:
        key = "why.fallback" if last.policy is not None else "why.fallback_only"
        yield reader.words.pieces(key, policy=last.policy.name if last.policy else "")


def _merged(found: Sequence[Why]) -> list[list[Why]]:
    """Reasons that differ by the level alone stand together, by level."""
    merged: dict[tuple[str, ...], list[Why]] = {}
    for each in sorted(found, key=lambda each: each.level):
        ids = (each.schedule, each.team, each.policy)
        same = merged.setdefault(tuple(ref.id if ref else "" for ref in ids), [])
        if each.level not in [one.level for one in same]:
            same.append(each)
    return list(merged.values())


def _why(reader: Reader, same: Sequence[Why], *, now: datetime) -> Pieces:
    words, first = reader.words, same[0]
    ends = [each.until for each in same if each.until is not None]
    policy = "" if first.policy is not None else "_only"
    key = f"why.schedule{policy}{'_until' if ends else ''}"
    if first.schedule is None:
        key = f"why.{'team' if first.team else 'named'}{policy}"
    return words.pieces(
        key,
        schedule=first.schedule.name if first.schedule else "",
        team=first.team.name if first.team else "",
        policy=first.policy.name if first.policy else "",
        until=moments.moment(words, max(ends), now=now, zone=reader.zone) if ends else "",
        level=words.names([str(each.level) for each in same]),
        count=len(same),
    )


def _why_before(
    reader: Reader, incident: Incident, timeline: Sequence[TimelineEntry], *, now: datetime
) -> Pieces | None:
    """How it reached a reader whom its levels don't mean now: called in, paged before it went to others, or not yet."""
    asked = next((each for each in incident.responders if each.user.id == reader.id and each.asked_by), None)
    if asked is not None and asked.asked_by is not None:
        return reader.words.pieces("why.called_in", who=reader.person(asked.asked_by))
    paged = [each for each in timeline if each.kind in PAGED and reader.name in each.args.get("people", ())]
    before = moments.ago(reader.words, paged[-1].at, now=now) if paged and reader.name else None
    coming = _mine_to_come(reader, incident)
    if coming is not None:
        return _why_coming(reader, incident.escalation, coming, before=before, now=now)
    if before is None:
        return None
    others = [each for each in incident.paging if each.id != reader.id]
    return reader.words.pieces("why.before_others" if others else "why.before", when=before)


def _mine_to_come(reader: Reader, incident: Incident) -> EscalationStep | None:
    coming = (each for each in incident.escalation.steps if each.state == "next" and each.at is not None)
    return next((step for step in coming if reader.id in {ref.id for ref in step_refs(step)}), None)


def _why_coming(reader: Reader, run: Escalation, step: EscalationStep, *, before: str | None, now: datetime) -> Pieces:
    at = moments.moment(reader.words, step.at or now, now=now, zone=reader.zone)
    if before is not None:
        return reader.words.pieces("why.before_coming", when=before, at=at)
    key = "why.coming_fallback" if is_fallback(run, step.level) else "why.coming"
    return reader.words.pieces(key, level=step.level, at=at)
