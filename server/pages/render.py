"""What a message about an incident says, in its reader's language."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from server.channels.base import Message, Subject
from server.kernel.i18n import catalogue
from server.notices.reader import Reader, clock_time, people_text
from shared.domain.paging.escalation import Meant
from shared.wire.actions import Button
from shared.wire.incidents import Severity
from shared.wire.lists import Ref

LOCALE = Path(__file__).parent / "locale"
SHORTEST = timedelta(seconds=60)
LONGEST = timedelta(seconds=900)
MOST_NAMED = 3
"""More people are called by their team or schedule: a lock screen is small."""
VERBS: tuple[Button, ...] = ("acknowledge", "escalate", "resolve", "snooze")


class About(Struct, frozen=True, kw_only=True):
    """The incident and the step that a message is about; `next_meant` is empty when the fallback comes next.

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
    next_meant: tuple[Meant, ...]
    is_fallback: bool
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
    following, at = _following(about, reader), clock_time(reader, about.next_at)
    return words.text(language, "page.body", next=following, minutes=minutes, at=at, **facts)


def _following(about: About, reader: Reader) -> str:
    """Who is paged if nobody acknowledges: people by name, or many as their teams and schedules."""
    words, language = catalogue(LOCALE), reader.language
    people = {each.user_id: Ref(each.user_id, each.name) for meant in about.next_meant for each in meant.people}
    if not people:
        return words.text(language, "page.next_fallback")
    if set(people) == {reader.user_id}:
        return words.text(language, "page.next_again")
    named = list(people.values())
    if len(named) > MOST_NAMED:
        named = [Ref("", _group(meant, language)) for meant in about.next_meant]
    is_one = len(named) == 1
    return words.text(language, "page.next", who=people_text(reader, named), count=1 if is_one else 2)


def _group(meant: Meant, language: str) -> str:
    """A team is everybody in it, a schedule is called by its name."""
    if meant.kind == "team":
        return catalogue(LOCALE).text(language, "page.team", team=meant.name)
    return meant.name
