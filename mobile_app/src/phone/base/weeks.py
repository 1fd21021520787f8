"""Days in weeks and months: where a view begins, how many weeks it has."""

from datetime import date, timedelta
from typing import Final, Literal

View = Literal["week", "two_weeks", "month"]


DAYS: Final = 7


def first_day(view: View, day: date) -> date:
    """The Monday with which the view that contains a day begins."""
    first = day.replace(day=1) if view == "month" else day
    return first - timedelta(days=first.weekday())


def weeks_of(view: View, day: date) -> int:
    """How many weeks the view that contains a day shows."""
    if view != "month":
        return 1 if view == "week" else 2
    last = next_month(day.replace(day=1)) - timedelta(days=1)
    return (last - first_day("month", day)).days // DAYS + 1


def next_month(day: date, by: int = 1) -> date:
    """The same day in another month, or that month's last."""
    months = day.year * 12 + day.month - 1 + by
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
