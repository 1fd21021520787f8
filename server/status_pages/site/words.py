"""Words, dates and spans of a public page, in one language and in the page's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.kernel.i18n import catalogue
from shared.domain.status.events import Impact
from shared.wire.sessions import Language

LOCALE: Final = Path(__file__).parents[1] / "locale"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TONES: Final[dict[Impact, str]] = {
    "operational": "ok",
    "degraded_performance": "degraded",
    "partial_outage": "partial",
    "full_outage": "full",
    "under_maintenance": "maint",
}
"""What style sheets call impacts."""


@dataclass(frozen=True)
class SiteWords:
    """How a page speaks to whoever reads this language."""

    language: Language
    zone_name: str

    def __call__(self, key: str, **args: Any) -> str:
        return catalogue(LOCALE).text(self.language, f"site.{key}", **args)

    @property
    def locale(self) -> str:
        return "zh-Hans" if self.language == "zh" else "en"

    def impact(self, impact: Impact) -> str:
        return self(f"impact.{impact}")

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone_name))

    def clock(self, at: datetime) -> str:
        return f"{self.local(at):%H:%M}"

    def zone(self, at: datetime) -> str:
        """What the zone's clocks are called at that time: CET, or UTC+5:45 where they have no name."""
        name = self.local(at).tzname() or "UTC"
        return name if name[0] not in "+-" else f"UTC{name[0]}{name[1:].lstrip('0')[:2] or '0'}"

    def day(self, on: date) -> str:
        return self("day", weekday=self(f"weekday.{on.weekday()}"), day=on.day, month=self(f"month.{on.month}"))

    def month(self, year: int, month: int) -> str:
        return self("month", year=year, month=self(f"month_long.{month}"))

    def moment(self, at: datetime) -> str:
        return self("moment", day=self.day(self.local(at).date()), clock=self.clock(at))

    def moment_in_zone(self, at: datetime) -> str:
        return f"{self.moment(at)} {self.zone(at)}"

    def hours(self, start: datetime, end: datetime) -> str:
        """From when to when, the second day only where it is another one."""
        is_same = self.local(start).date() == self.local(end).date()
        until = self.clock(end) if is_same else self.moment(end)
        return self("hours", start=self.moment(start), end=until, zone=self.zone(end))

    def span(self, length: timedelta) -> str:
        """In minutes, in hours and minutes, or in days."""
        if length < MINUTE:
            return self("span.seconds", count=max(int(length.total_seconds()), 1))
        if length < HOUR:
            return self("span.minutes", count=length // MINUTE)
        if length < 2 * DAY:
            hours, minutes = length // HOUR, length % HOUR // MINUTE
            return self("span.hours", hours=hours, minutes=minutes) if minutes else self("span.full_hours", count=hours)
        return self("span.days", count=length // DAY)
