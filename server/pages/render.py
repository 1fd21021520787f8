"""What a message about an incident says, in its reader's language."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from server.channels.base import Message, Subject
from server.kernel.i18n import catalogue
from server.notices.reader import Reader, clock_time
from shared.wire.actions import Button
from shared.wire.incidents import Severity

LOCALE = Path(__file__).parent / "locale"
SHORTEST = timedelta(seconds=60)
LONGEST = timedelta(seconds=900)
VERBS: tuple[Button, ...] = ("acknowledge", "escalate", "resolve", "snooze")


class About(Struct, frozen=True, kw_only=True):
    """The incident and the step that a message is about; `next_level` is None when the fallback comes next.

    `begins_again`: the next step pages this one's people once more.
    `asked_by` names the colleague who calls the reader in beside the run; `note` is what the schedule wants said.
    """

    incident_id: str
    number: int
    title: str
    severity: Severity
    service: str
    rev: int
    url: str
    next_at: datetime
    next_level: int | None
    is_fallback: bool
    begins_again: bool = False
    fallback_reason: str | None = None
    asked_by: str | None = None
    note: str = ""


def render_page(about: About, reader: Reader, *, id: str, badge: int, now: datetime) -> Message:
    """The page of one notification; worthless once the next step has taken over."""
    window = min(max(about.next_at - now, SHORTEST), LONGEST)
    return Message(
        id=id,
        kind="page",
        title=about.title,
        body="\n".join(filter(None, (_body(about, reader, now), about.note))),
        language=reader.language,
        time_zone=reader.time_zone,
        subject=Subject(
            incident_id=about.incident_id,
            number=about.number,
            severity=about.severity,
            rev=about.rev,
            service=about.service,
            url=about.url,
        ),
        collapse_key=about.incident_id,
        verbs=VERBS,
        badge=badge,
        expires_at=now + window,
    )


def _body(about: About, reader: Reader, now: datetime) -> str:
    words = catalogue(LOCALE)
    language = reader.language
    facts = {
        "severity": words.text(language, f"severity.{about.severity}"),
        "service": about.service,
        "number": about.number,
    }
    if about.asked_by is not None:
        return words.text(language, "asked.body", who=about.asked_by, **facts)
    if about.is_fallback:
        key = "fallback.body_unreachable" if about.fallback_reason else "fallback.body"
        return words.text(language, key, **facts)
    minutes = max(1, round((about.next_at - now).total_seconds() / 60))
    if about.begins_again:
        following = words.text(language, "page.next_again")
    elif about.next_level is None:
        following = words.text(language, "page.next_fallback")
    else:
        following = words.text(language, "page.next_level", level=about.next_level)
    at = clock_time(reader, about.next_at)
    return words.text(language, "page.body", next=following, minutes=minutes, at=at, **facts)
