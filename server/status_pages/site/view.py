"""What a page shows in one language at one time: plain values, in the order in which templates write them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from markupsafe import Markup
from msgspec import Struct

from server.status_pages.read import LoadedEvent, UpdateRow, current_impacts
from server.status_pages.site.content import SiteContent
from server.status_pages.site.markdown import as_html, as_text
from server.status_pages.site.words import TONES, SiteWords
from server.status_pages.uptime import by_group
from shared.domain.status.days import BY_HEIGHT, Day, days_of
from shared.domain.status.events import Impact, worst
from shared.domain.status.uptime import Uptime, quarter, states, uptime
from shared.wire.sessions import Language

SHOWN_UPDATES: Final = 3
RECENT: Final = timedelta(days=30)
MOST_RECENT: Final = 8


class Mark(Struct, frozen=True):
    """A state as colour, shape and word."""

    tone: str
    word: str


class Banner(Struct, frozen=True):
    tone: str
    title: str
    lines: tuple[str, ...]


class PartView(Struct, frozen=True):
    """A component that an event touches."""

    name: str
    mark: Mark


class UpdateView(Struct, frozen=True, kw_only=True):
    status: str
    at: str
    iso: str
    body: Markup
    is_edited: bool


class EventView(Struct, frozen=True, kw_only=True):
    number: int
    kind: str
    title: str
    mark: Mark
    when: str
    parts: tuple[PartView, ...]
    updates: tuple[UpdateView, ...]
    earlier: int
    summary: str
    lasted: str
    day: str
    is_begun: bool
    linked: tuple[tuple[int, str], ...] = ()
    id: str = ""
    anchor: str = ""


class DayView(Struct, frozen=True):
    """A bar; a day without a story has no words."""

    tone: str
    title: str = ""
    lines: tuple[str, ...] = ()
    link: str = ""


class ComponentView(Struct, frozen=True, kw_only=True):
    name: str
    description: str
    mark: Mark
    percent: str | None
    days: tuple[DayView, ...]
    since: str


class GroupView(Struct, frozen=True):
    name: str
    percent: str | None
    components: tuple[ComponentView, ...]


class MonthView(Struct, frozen=True, kw_only=True):
    name: str
    path: str
    events: tuple[EventView, ...]
    is_open: bool


class SiteView:
    """A page in one language at `now`, worked out when it is asked for."""

    def __init__(self, content: SiteContent, language: Language, now: datetime) -> None:
        self.content, self.now = content, now
        self.words = SiteWords(language, content.page.time_zone)
        self.main: Language = content.page.language
        self.names = {each.id: each.name.said(language, self.main) for each in content.components}
        self._titles = {each.row.id: each.row.title.said(language, self.main) for each in content.events}
        self._by_id = {each.row.id: each for each in content.events}

    @property
    def language(self) -> Language:
        return self.words.language

    @property
    def open_incidents(self) -> list[LoadedEvent]:
        return [each for each in self.content.events if each.row.kind == "incident" and each.row.closed_at is None]

    @property
    def maintenances(self) -> list[LoadedEvent]:
        """In progress or to come, the next first."""
        found = [each for each in self.content.events if each.row.kind == "maintenance" and each.row.closed_at is None]
        return sorted(found, key=lambda each: (each.row.starts_at or each.row.began_at, each.row.number))

    def banner(self) -> Banner:
        words, incidents = self.words, self.open_incidents
        checked = words("checked", at=words.moment_in_zone(self.now))
        if len(incidents) == 1:
            event = incidents[0]
            return Banner(self._tone(event), self._titles[event.row.id], (self._updated(event), checked))
        if incidents:
            tone = TONES[worst(impact for each in incidents for impact in each.impacts(self.now).values())]
            title = words("several", count=len(incidents))
            return Banner("degraded" if tone == "ok" else tone, title, (self._updated(incidents[0]), checked))
        if any(each.row.status == "in_progress" for each in self.maintenances):
            return Banner("maint", words("maintained"), (checked,))
        return Banner("ok", words("all_works"), (self._quiet_for(), checked))

    def _tone(self, event: LoadedEvent) -> str:
        """Open incidents are never green, also where they name no component."""
        tone = TONES[worst(event.impacts(self.now).values())]
        return "degraded" if tone == "ok" else tone

    def _updated(self, event: LoadedEvent) -> str:
        last = event.updates[-1]
        span = self.words.span(self.now - last.at)
        if last.next_update_at is None or last.next_update_at <= self.now:
            return self.words("updated", span=span)
        promised = last.next_update_at
        is_today = self.words.local(promised).date() == self.words.local(self.now).date()
        at = f"{self.words.clock(promised)} {self.words.zone(promised)}"
        return self.words("updated_promised", span=span, at=at if is_today else self.words.moment_in_zone(promised))

    def _quiet_for(self) -> str:
        ends = [each.row.closed_at for each in self.content.events if each.row.kind == "incident"]
        last = max((each for each in ends if each is not None), default=None)
        if last is None:
            return self.words("no_incident_yet")
        return self.words("no_incident_for", span=self.words.span(self.now - last))

    def event(self, loaded: LoadedEvent, *, most: int = SHOWN_UPDATES) -> EventView:
        """With its newest updates first, and how many there are before them."""
        row, words = loaded.row, self.words
        newest = list(reversed(loaded.updates))
        shown = newest if len(newest) <= most else newest[:most]
        began = words.local(self._from(loaded)).date()
        return EventView(
            id=row.id,
            number=row.number,
            kind=row.kind,
            title=self._titles[row.id],
            mark=self._mark(loaded),
            when=self._when(loaded),
            parts=self._parts(loaded),
            updates=tuple(
                self._update(each, is_short=most == SHOWN_UPDATES, is_newest=n == 0 and row.closed_at is None)
                for n, each in enumerate(shown)
            ),
            earlier=len(newest) - len(shown),
            summary=as_text(newest[0].body.said(self.language, self.main)),
            lasted=words.span((row.closed_at or self.now) - self._from(loaded)),
            day=words.day(began),
            is_begun=row.status != "scheduled",
            linked=tuple(
                (other.row.number, self._titles[id])
                for id in loaded.linked
                if (other := self._by_id.get(id)) is not None
            ),
        )

    def _from(self, loaded: LoadedEvent) -> datetime:
        """Since when it lasts: a maintenance from when it was in progress."""
        begun = (each.at for each in loaded.updates if each.status != "scheduled")
        return next(begun, loaded.row.began_at) if loaded.row.kind == "maintenance" else loaded.row.began_at

    def _mark(self, loaded: LoadedEvent) -> Mark:
        """The gravest that it has been, where it is over; what it is now, where it is not."""
        if loaded.row.kind == "maintenance":
            return Mark("maint", self.words("kind.maintenance"))
        if loaded.row.closed_at is None:
            held = worst(loaded.impacts(self.now).values())
        else:
            held = worst(change.impact for each in loaded.updates for change in each.changes)
        if held == "operational":
            return Mark("degraded", self.words("kind.incident"))
        return Mark(TONES[held], self.words.impact(held))

    def _when(self, loaded: LoadedEvent) -> str:
        row, words = loaded.row, self.words
        if row.kind == "maintenance" and row.starts_at is not None and row.ends_at is not None:
            return words.hours(row.starts_at, row.ends_at)
        if row.closed_at is not None:
            return words.hours(row.began_at, row.closed_at)
        is_today = words.local(row.began_at).date() == words.local(self.now).date()
        at = words.clock(row.began_at) if is_today else words.moment(row.began_at)
        return words("since", span=words.span(self.now - row.began_at), at=f"{at} {words.zone(row.began_at)}")

    def _parts(self, loaded: LoadedEvent) -> tuple[PartView, ...]:
        """Components by their place on the page, with what each is, or was at its worst."""
        named = _still_named(loaded.updates) if loaded.row.closed_at is None else _worst_named(loaded.updates)
        return tuple(
            PartView(self.names[each.id], self.mark(named[each.id]))
            for each in self.content.components
            if each.id in named
        )

    def mark(self, impact: Impact) -> Mark:
        return Mark(TONES[impact], self.words.impact(impact))

    def _update(self, update: UpdateRow, *, is_short: bool, is_newest: bool) -> UpdateView:
        words = self.words
        is_today = words.local(update.at).date() == words.local(self.now).date()
        at = words.clock(update.at) if is_short and is_today else words.moment_in_zone(update.at)
        if is_short and is_newest:
            at = words("ago", at=at, span=words.span(self.now - update.at))
        return UpdateView(
            status=words(f"status.{update.status}"),
            at=at,
            iso=update.at.isoformat(timespec="seconds"),
            body=as_html(update.body.said(self.language, self.main)),
            is_edited=update.edited_at is not None,
        )

    def choices(self) -> list[tuple[str, str]]:
        """The components of now, by id and name, in their order."""
        by_group = {group.id: place for place, group in enumerate(self.content.groups)}
        living = sorted(self.content.living, key=lambda each: (by_group.get(each.group_id, 0), each.position))
        return [(each.id, self.names[each.id]) for each in living]

    def groups(self) -> tuple[GroupView, ...]:
        content = self.content
        impacts = current_impacts(content.events, self.now)
        spans = content.spans
        since, until = quarter(content.page.time_zone, self.now)
        found = {each.id: uptime(states(each.measured, spans, since, until)) for each in content.living}
        sums = by_group(content.living, found)
        views: list[GroupView] = []
        for group in content.groups:
            components = tuple(
                ComponentView(
                    name=self.names[each.id],
                    description=each.description.said(self.language, self.main),
                    mark=self.mark(impacts.get(each.id, "operational")),
                    percent=None if each.is_uptime_hidden else found[each.id].percent,
                    days=()
                    if each.is_uptime_hidden
                    else self._days(days_of(each.measured, spans, content.page.time_zone, self.now)),
                    since=self._since(each.available_since_at, since),
                )
                for each in content.living
                if each.group_id == group.id
            )
            name = group.name.said(self.language, self.main) if group.name is not None else ""
            percent = sums.get(group.id, Uptime()).percent
            if components:
                views.append(GroupView(name, percent if name and not group.is_uptime_hidden else None, components))
        return tuple(views)

    def _since(self, available_since: datetime, window: datetime) -> str:
        if available_since <= window:
            return ""
        return self.words("measured_since", day=self.words.day(self.words.local(available_since).date()))

    def _days(self, days: Sequence[Day]) -> tuple[DayView, ...]:
        return tuple(self._day(each) for each in days)

    def _day(self, day: Day) -> DayView:
        if day.shown is None:
            return DayView("none")
        if day.shown == "operational":
            return DayView("ok")
        lines = [
            f"{self.words.impact(impact)}, {self.words.span(lasted)}"
            for impact, lasted in sorted(day.lasted.items(), key=lambda each: BY_HEIGHT.index(each[0]))
            if impact != "operational"
        ]
        lines += [self._titles[id] for id in day.event_ids if id in self._titles]
        return DayView(TONES[day.shown], self.words.day(day.date), tuple(lines), self._story(day))

    def _story(self, day: Day) -> str:
        """Where the day's events are told: the event, or the month where there are several."""
        known = [self._by_id[id].row.number for id in day.event_ids if id in self._by_id]
        return f"events/{known[0]}.html" if len(known) == 1 else f"{month_path(day.date)}#d{day.date.isoformat()}"

    def recent(self) -> list[EventView]:
        """What ended lately, the newest first."""
        ended = [
            each
            for each in self.content.events
            if each.row.closed_at is not None and self.now - each.row.closed_at < RECENT
        ]
        return [self.event(each) for each in ended[:MOST_RECENT]]

    def months(self) -> list[MonthView]:
        """Every month in which something began, the newest first; this one too."""
        by_month: dict[date, list[LoadedEvent]] = {self.words.local(self.now).date().replace(day=1): []}
        for each in self.content.events:
            if each.row.status != "scheduled":
                began = self.words.local(self._from(each)).date().replace(day=1)
                by_month.setdefault(began, []).append(each)
        return [
            MonthView(
                name=self.words.month(first.year, first.month),
                path=month_path(first),
                events=tuple(self._anchored(by_month[first])),
                is_open=any(each.row.closed_at is None for each in by_month[first]),
            )
            for first in sorted(by_month, reverse=True)
        ]

    def _anchored(self, events: Sequence[LoadedEvent]) -> Iterator[EventView]:
        """The first of each day can be found by it."""
        seen: set[date] = set()
        for each in events:
            began = self.words.local(self._from(each)).date()
            anchor = "" if began in seen else f"d{began.isoformat()}"
            seen.add(began)
            yield msgspec.structs.replace(self.event(each), anchor=anchor)


def month_path(of: date) -> str:
    return f"history/{of:%Y-%m}.html"


def _still_named(updates: Sequence[UpdateRow]) -> dict[str, Impact]:
    named: dict[str, Impact] = {change.component_id: change.impact for each in updates for change in each.changes}
    return {id: impact for id, impact in named.items() if impact != "operational"}


def _worst_named(updates: Sequence[UpdateRow]) -> dict[str, Impact]:
    found: dict[str, Impact] = {}
    for update in updates:
        for change in update.changes:
            found[change.component_id] = worst((change.impact, found.get(change.component_id, "operational")))
    return {id: impact for id, impact in found.items() if impact != "operational"}
