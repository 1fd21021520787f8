"""What is refused in a layer: times, rotation, mask, restriction."""

from collections.abc import Iterator
from typing import Final

from shared.domain.flaws import Flaw, flaw, unknown_time_zone
from shared.domain.on_call.duty import Span, daily_span, weekly_span
from shared.domain.on_call.rota import Layer, Period, Restriction, Rotation
from shared.domain.on_call.rotation import is_whole_weeks
from shared.domain.time import DAY, WEEK, is_zone_name, minute_of_day, wall_reading

MAX_EVERY: Final = 30
MAX_PERIODS: Final = 20


def layer_flaws(layer: Layer, at: str) -> Iterator[Flaw]:
    """Flaws of everything in a layer but its groups; `at` is its path."""
    if layer.time_zone is not None and not is_zone_name(layer.time_zone):
        yield unknown_time_zone(f"{at}.time_zone", layer.time_zone)
    yield from _life(layer, at)
    yield from _rotation(layer.rotation, f"{at}.rotation")
    yield from _mask(layer, at)
    yield from _restriction(layer, f"{at}.restriction")


def _life(layer: Layer, at: str) -> Iterator[Flaw]:
    start = wall_reading(layer.start)
    if start is None:
        yield _bad_wall(f"{at}.start", layer.start)
    if layer.end is None:
        return
    end = wall_reading(layer.end)
    if end is None:
        yield _bad_wall(f"{at}.end", layer.end)
    elif start is not None and end <= start:
        yield flaw(f"{at}.end", "end_not_after_start", "The end must come after the start.")


def _bad_wall(field: str, text: str) -> Flaw:
    message = "Give a local time such as 2026-11-02T09:00, in 2000 to 2099."
    return flaw(field, "bad_wall_time", message, value=text)


def _rotation(rotation: Rotation, at: str) -> Iterator[Flaw]:
    fits = 1 <= rotation.every <= MAX_EVERY
    if not fits:
        message = f"Rotate every 1 to {MAX_EVERY} units."
        yield flaw(f"{at}.every", "out_of_range", message, min=1, max=MAX_EVERY)
    day, time = rotation.handoff_weekday, rotation.handoff_time
    fields = {f"{at}.handoff_weekday": day, f"{at}.handoff_time": time}
    if fits and not is_whole_weeks(rotation):
        for field in (name for name, value in fields.items() if value is not None):
            yield flaw(field, "not_whole_weeks", "Only a rotation of whole weeks has a handoff weekday.")
    elif (day is None) != (time is None):
        missing = next(name for name, value in fields.items() if value is None)
        yield flaw(missing, "incomplete_handoff", "Give the handoff's weekday and time together.")
    if time is not None and minute_of_day(time) in (None, DAY):
        yield _bad_time(f"{at}.handoff_time", time)


def _bad_time(field: str, text: str) -> Flaw:
    return flaw(field, "bad_time", "Give a time such as 09:00; only an end may be 24:00.", value=text)


def _mask(layer: Layer, at: str) -> Iterator[Flaw]:
    mask = layer.date_mask
    if mask is None:
        if layer.continuous:
            yield flaw(f"{at}.continuous", "needs_date_mask", "Continuous rotation needs a date mask.")
    elif not mask:
        yield flaw(f"{at}.date_mask", "empty", "Choose at least one weekday, or no date mask.")
    elif len(set(mask)) < len(mask):
        days = sorted({day for day in mask if mask.count(day) > 1})
        yield flaw(f"{at}.date_mask", "repeated", "A weekday is listed twice.", days=days)


def _restriction(layer: Layer, at: str) -> Iterator[Flaw]:
    restriction = layer.restriction
    if restriction.kind == "weekly" and layer.date_mask is not None:
        yield flaw(f"{at}.kind", "weekly_with_mask", "A weekly restriction can't be used with a date mask.")
    if restriction.kind == "none":
        if restriction.periods:
            yield flaw(f"{at}.periods", "not_empty", "Without a restriction there are no periods.")
        return
    if not restriction.periods:
        yield flaw(f"{at}.periods", "empty", "Give at least one period.")
    if len(restriction.periods) > MAX_PERIODS:
        yield flaw(f"{at}.periods", "too_many", f"At most {MAX_PERIODS} periods.", max=MAX_PERIODS)
    yield from _periods(restriction, f"{at}.periods")


def _periods(restriction: Restriction, at: str) -> Iterator[Flaw]:
    weekly = restriction.kind == "weekly"
    around = WEEK if weekly else DAY
    earlier: list[tuple[int, Span]] = []
    for index, period in enumerate(restriction.periods):
        field = f"{at}[{index}]"
        wrong = list(_period(period, field, weekly=weekly))
        yield from wrong
        if wrong:
            continue
        span = weekly_span(period) if weekly else daily_span(period)
        hit = next((number for number, other in earlier if _overlap(span, other, around)), None)
        if hit is not None:
            yield flaw(field, "overlaps", f"Overlaps period {hit + 1}.", with_period=hit)
        earlier.append((index, span))


def _period(period: Period, at: str, *, weekly: bool) -> Iterator[Flaw]:
    if minute_of_day(period.start) in (None, DAY):
        yield _bad_time(f"{at}.start", period.start)
    if minute_of_day(period.end) is None:
        yield _bad_time(f"{at}.end", period.end)
    for name, day in (("start_weekday", period.start_weekday), ("end_weekday", period.end_weekday)):
        if weekly and day is None:
            yield flaw(f"{at}.{name}", "required", "A weekly period has a weekday at both ends.")
        if not weekly and day is not None:
            yield flaw(f"{at}.{name}", "not_weekly", "A daily period has no weekday.")
    if (period.start_weekday, period.start) == (period.end_weekday, period.end):
        yield flaw(f"{at}.end", "empty_period", "Start and end are the same moment.")


def _overlap(one: Span, other: Span, around: int) -> bool:
    """Whether two spans on a circle of this many minutes share any."""
    return (other[0] - one[0]) % around < one[1] or (one[0] - other[0]) % around < other[1]
