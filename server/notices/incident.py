"""What became of an incident, in the words of its followers."""

from typing import Any

from msgspec import Struct

from server.channels.base import Subject
from server.notices.reader import Reader, text
from server.notices.send import Notice
from shared.wire.incidents import Severity

LONGEST_QUOTE = 300


class IncidentFacts(Struct, frozen=True, kw_only=True):
    """An entry of the timeline, by whom, and the incident as it is now; `actor` is None where nobody did it."""

    incident_id: str
    number: int
    title: str
    severity: Severity
    rev: int
    place: str
    kind: str
    args: dict[str, Any]
    actor: str | None
    url: str


def incident_notice(facts: IncidentFacts, reader: Reader) -> Notice:
    return Notice(title=facts.title, body=_sentence(facts, reader), subject=_subject(facts))


def _sentence(facts: IncidentFacts, reader: Reader) -> str:
    """By whoever did it or, without a person, by itself."""
    key = f"notice.{facts.kind}" if facts.actor else f"notice.machine_{facts.kind}"
    quote = str(facts.args.get("text") or facts.args.get("method") or "")
    quote = quote if len(quote) <= LONGEST_QUOTE else f"{quote[: LONGEST_QUOTE - 1]}…"
    if facts.kind == "resolved" and quote:
        key += "_text"
    return text(
        reader,
        key,
        who=facts.actor or "",
        number=facts.number,
        text=quote,
        target=facts.args.get("number", ""),
        title=facts.args.get("title", ""),
    )


def _subject(facts: IncidentFacts) -> Subject:
    return Subject(
        incident_id=facts.incident_id,
        number=facts.number,
        severity=facts.severity,
        rev=facts.rev,
        service=facts.place,
        url=facts.url,
    )
