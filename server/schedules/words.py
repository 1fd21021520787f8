"""What the messages of this room say."""

from datetime import datetime
from pathlib import Path

from server.kernel.i18n import catalogue
from server.notifications.render import Reader
from shared.domain.time import localized

LOCALE = Path(__file__).parent / "locale"


def span_text(reader: Reader, schedule: str, start: datetime, end: datetime) -> str:
    """From when to when, on the reader's clock."""
    since, until = localized(reader.time_zone, start), localized(reader.time_zone, end)
    key = "span.hours" if since.date() == until.date() else "span.days"
    return catalogue(LOCALE).text(
        reader.language,
        key,
        schedule=schedule,
        day=f"{since:%Y-%m-%d}",
        start=f"{since:%H:%M}",
        last_day=f"{until:%Y-%m-%d}",
        end=f"{until:%H:%M}",
        zone=reader.time_zone,
    )
