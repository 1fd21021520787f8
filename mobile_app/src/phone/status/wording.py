"""Pages and events as sentences: what is open, since when, who hears of it."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from phone.base import moments, problems
from phone.base.api.errors import ApiError
from phone.base.i18n import Words
from phone.status.board import PageNow
from phone.status.open_page import PageParts
from shared.domain.status.events import Impact, worst
from shared.wire.problems import FieldProblem
from shared.wire.sessions import Language
from shared.wire.status_pages import Passage, Phrase, StatusEvent, StatusPage
from shared.wire.status_subscribers import NotifiedUpdate

MOST_NAMED: Final = 3
PLACES: Final = re.compile(r"\[\d+\]")


def said(words: Words, phrase: Phrase | Passage, page: StatusPage) -> str:
    """In the reader's language where somebody wrote it, else in the page's."""
    return phrase.said(words.language, page.language)


def impact_of(event: StatusEvent) -> Impact:
    """What is gravest of what an event says of components; one that names none has the mark of its kind."""
    if event.impacts:
        return worst(each.impact for each in event.impacts)
    if not event.is_open:
        return "operational"
    return "under_maintenance" if event.kind == "maintenance" else "degraded_performance"


def row_line(words: Words, event: StatusEvent, line: str) -> str:
    """With what it does to components in words, while it does anything."""
    if not event.is_open:
        return line
    # What is planned isn't under way yet.
    is_planned = event.kind == "maintenance" and is_ahead(event)
    state = words("status_kind.maintenance") if is_planned else words(f"impact.{impact_of(event)}")
    return words("status.row_about", state=state, about=line)


def is_ahead(event: StatusEvent) -> bool:
    """Nothing that goes on: a maintenance that is planned, or what is not published yet."""
    return event.published_at is None or event.status == "scheduled"


def page_impact(events: Iterable[StatusEvent]) -> Impact:
    """How a page stands, by its open events."""
    return worst(impact_of(each) for each in events if each.is_open and not is_ahead(each))


def page_line(words: Words, now: PageNow) -> str:
    """How a page stands and who sees it, in one line."""
    going_on = [each for each in now.open if not is_ahead(each)]
    kind = words("status.for_customers" if now.page.is_public else "status.for_members")
    if not going_on:
        return words("status.page_line", state=words("status.all_works"), kind=kind)
    return words("status.page_line", state=words("status.open_count", count=len(going_on)), kind=kind)


def event_line(words: Words, event: StatusEvent, *, now: datetime, zone: tzinfo) -> str:
    """Where an event stands, and since when or when it comes."""
    state = words(f"status_event.{event.status}")
    if event.published_at is None and event.publish_at is not None:
        return words("status.published_at", when=moments.moment(words, event.publish_at, now=now, zone=zone))
    if event.kind == "maintenance" and event.starts_at is not None and event.ends_at is not None and event.is_open:
        return words(
            "status.state_when", state=state, when=moments.stretch(words, event.starts_at, event.ends_at, zone)
        )
    if event.is_open:
        return words("status.state_when", state=state, when=moments.ago(words, event.began_at, now=now))
    began = event.starts_at or event.began_at
    when = moments.moment(words, began, now=now, zone=zone)
    lasted = moments.hours(words, max(timedelta(), (event.closed_at or began) - began))
    return words("status.over", when=when, lasted=lasted)


def parts_line(words: Words, event: StatusEvent, parts: PageParts) -> str:
    """Which components are affected, a few of them by name."""
    named = [found for each in event.impacts if (found := parts.component(each.component_id)) is not None]
    names = [said(words, each.name, parts.page) for each in named]
    if len(names) > MOST_NAMED:
        return words("names.others", name=names[0], count=len(names) - 1)
    return words.names(names) if names else ""


def counted(words: Words, counts: Mapping[str, NotifiedUpdate], update_id: str) -> str:
    """Who was told of an update; empty where nobody is."""
    found = counts.get(update_id)
    if found is None:
        return ""
    told = [
        words(f"letters.{name}", count=count)
        for name, count in (
            ("sent", found.sent),
            ("queued", found.queued),
            ("held", found.held),
            ("failed", found.failed),
        )
        if count
    ]
    return " · ".join(told)


def other_language(language: Language) -> Language:
    """The one that a page's words may have beside its own."""
    return "zh" if language == "en" else "en"


def address(page: StatusPage, public_url: str) -> str:
    """Where visitors find it."""
    return f"https://{page.domain}/" if page.domain else f"{public_url.rstrip('/')}/status/{page.slug}/"


def refusals(words: Words, error: Exception) -> list[str]:
    """Why something was not done: each field that was wrong once, or the whole in a sentence."""
    flaws = error.problems if isinstance(error, ApiError) else ()
    told = [_flaw(words, each) for each in flaws]
    return list(dict.fromkeys(told)) or [problems.problem(words, error)]


def _flaw(words: Words, flaw: FieldProblem) -> str:
    """By its field and code, by its code, or as the server has it."""
    name = PLACES.sub("", flaw.field).rpartition(".")[2]
    keys = (f"status_error.{name}.{flaw.code}", f"status_error.{flaw.code}", "status_error.other")
    return words.first(*keys, **{**flaw.args, "field": flaw.field, "message": flaw.message})
