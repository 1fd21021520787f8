"""What is refused in an override and in a window that is asked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.domain.flaws import Flaw, Nameable, flaw, no_offset
from shared.domain.on_call.overrides import handed_out
from shared.domain.on_call.rota import Override, Schedule, Scope
from shared.domain.time import to_us, wall_reading, zone

MAX_WINDOW: Final = timedelta(days=366)
MAX_OVERRIDES: Final = 500
FIRST_YEAR, LAST_YEAR = 2000, 2099


def check_instant(field: str, instant: datetime) -> list[Flaw]:
    """Flaws of an instant somebody typed: it says its offset, and lies in the years that schedules know."""
    if instant.tzinfo is None:
        return [no_offset(field)]
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        message = f"must be in {FIRST_YEAR} to {LAST_YEAR}"
        return [flaw(field, "out_of_range", message, first=FIRST_YEAR, last=LAST_YEAR)]
    return []


def check_window(start: datetime, end: datetime, *, fields: tuple[str, str] = ("from", "to")) -> list[Flaw]:
    """Flaws of a window, which may last 366 days."""
    if flaws := [*check_instant(fields[0], start), *check_instant(fields[1], end)]:
        return flaws
    if end <= start:
        return [flaw(fields[1], "end_not_after_start", "The end must come after the start.")]
    if end - start > MAX_WINDOW:
        return [flaw(fields[1], "too_long", "At most 366 days.", max_days=MAX_WINDOW.days)]
    return []


def check_override(
    override: Override,
    schedule: Schedule,
    known: Nameable,
    *,
    others: Sequence[Override] = (),
    now: datetime,
) -> list[Flaw]:
    """Everything that is wrong with a new override; `others` are those that the schedule has already."""
    flaws = check_window(override.start, override.end, fields=("start", "end"))
    if not flaws and override.end <= now:
        flaws.append(flaw("end", "past", "It would be over already; what was stays as it was."))
    if override.user_id not in known.users:
        flaws.append(flaw("user_id", "unknown_user", "There is no such person.", user_id=override.user_id))
    elif override.user_id in known.deactivated:
        flaws.append(flaw("user_id", "deactivated", "This account is deactivated.", user_id=override.user_id))
    flaws += _scope(override.scope, schedule, others) or _void(override, schedule)
    alive = sum(1 for other in others if other.end > now and other.cancelled_at is None)
    if alive >= MAX_OVERRIDES:
        message = f"At most {MAX_OVERRIDES} overrides in force or to come."
        flaws.append(flaw("", "too_many_overrides", message, max=MAX_OVERRIDES))
    return flaws


def _void(override: Override, schedule: Schedule) -> list[Flaw]:
    """A layer is there from its start to its end."""
    layer = next((layer for layer in schedule.layers if layer.id == override.scope.layer_id), None)
    if layer is None or override.start.tzinfo is None or override.end.tzinfo is None:
        return []
    clock = zone(layer.time_zone or schedule.time_zone)
    starts, ends = (None if wall is None else wall_reading(wall) for wall in (layer.start, layer.end))
    too_early = starts is not None and to_us(override.end) <= clock.at(starts)
    if too_early or (ends is not None and clock.at(ends) <= to_us(override.start)):
        return [flaw("scope.layer_id", "not_in_schedule", "The layer isn't there at that time.", id=layer.id)]
    return []


def _scope(scope: Scope, schedule: Schedule, others: Sequence[Override]) -> list[Flaw]:
    return list(_scope_flaws(scope, schedule, others))


def _scope_flaws(scope: Scope, schedule: Schedule, others: Sequence[Override]) -> Iterator[Flaw]:
    named = {"layer_id": scope.layer_id, "role_id": scope.role_id, "user_id": scope.user_id}
    wanted = {"layer": "layer_id", "role": "role_id", "person": "user_id"}.get(scope.kind)
    for name, value in named.items():
        field = f"scope.{name}"
        if name != wanted:
            if value is not None:
                yield flaw(field, "not_of_this_kind", f"Scope {scope.kind} has no {name}.")
        elif value is None:
            yield flaw(field, "required", f"Scope {scope.kind} needs {name}.")
        elif value not in _present(name, schedule, others):
            yield flaw(field, "not_in_schedule", "The schedule has none such.", id=value)


def _present(name: str, schedule: Schedule, others: Sequence[Override]) -> set[str | None]:
    if name == "layer_id":
        return {layer.id for layer in schedule.layers}
    if name == "role_id":
        return {role for layer in schedule.layers for role in handed_out(layer)}
    members = {m.user_id for layer in schedule.layers for group in layer.groups for m in group.members}
    return {*members, *(override.user_id for override in others)}
