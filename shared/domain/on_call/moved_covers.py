"""Promises to stand in for somebody whose shift an edit moves: the promised hours stay, the shift is elsewhere."""

from datetime import datetime

from shared.domain.on_call.rota import Override, Rota
from shared.domain.on_call.schedules import LOOK_AHEAD, shifts

_Held = dict[str, list[tuple[datetime, datetime, str | None]]]


def moved_covers(before: Rota, after: Rota, now: datetime) -> list[Override]:
    """The covers, swaps and pagers handed over, running or to come, that stand for other hours or roles after an edit.

    Looks as far ahead as schedules do (366 days), and no further than the last of them.
    """
    promised = [
        each
        for each in before.overrides
        if each.scope.kind == "person" and each.cancelled_at is None and each.end > now
    ]
    if not promised:
        return []
    end = min(max(each.end for each in promised), now + LOOK_AHEAD)
    was, will = _held(before, now, end), _held(after, now, end)
    found = (each for each in promised if was.get(each.id) != will.get(each.id))
    return sorted(found, key=lambda each: (each.start, each.id))


def _held(rota: Rota, start: datetime, end: datetime) -> _Held:
    """By override, what it gives; touching pieces of several layers are one."""
    held: _Held = {}
    for shift in shifts(rota, start, end) if start < end else ():
        if shift.override_id is None:
            continue
        spans = held.setdefault(shift.override_id, [])
        last = next((index for index, span in enumerate(spans) if span[1:] == (shift.start, shift.role_id)), None)
        if last is None:
            spans.append((shift.start, shift.end, shift.role_id))
        else:
            spans[last] = spans[last][0], shift.end, shift.role_id
    return {id: sorted(spans, key=str) for id, spans in held.items()}
