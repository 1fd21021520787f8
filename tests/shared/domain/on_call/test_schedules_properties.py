"""What holds for every schedule, against an oracle that walks (P1 to P5)."""

import random
from datetime import datetime, timedelta

from hypothesis import strategies as st

from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import _states, on_call_at, page_end, shifts
from shared.domain.on_call.shifts import Shift
from shared.domain.time import to_us
from tests.shared.domain.on_call.rota_strategies import TICK, rotas
from tests.shared.domain.on_call.schedule_oracle import Held, SlowSchedule
from tests.shared.domain.properties import holds

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(days=6)


def source(shift: Shift) -> Held:
    return shift.user_id, shift.role_id, shift.layer_id, shift.override_id


def check_against_oracle(rota: Rota, center: datetime) -> None:
    """P1: the answer is what walking gives, in every half hour and beside every boundary."""
    start, end = center - WINDOW, center + WINDOW
    slow = SlowSchedule(rota, start - timedelta(days=2), end + timedelta(days=2), tick=TICK)
    found = shifts(rota, start, end)
    edges = {start, end - MINUTE}
    for shift in found:
        edges |= {t for edge in (shift.start, shift.end) for t in (edge - MINUTE, edge) if start <= t < end}
    edges |= {start + n * timedelta(minutes=TICK) for n in range(int((end - start) / timedelta(minutes=TICK)))}
    for t in sorted(edges):
        expected = slow.on_call(t)
        assert {source(s) for s in found if s.start <= t < s.end} == expected, t
    for t in random.Random(1).sample(sorted(edges), 20):
        entries = on_call_at(rota, t)
        assert {(e.user_id, e.role_id, e.layer_id, e.override_id) for e in entries} == slow.on_call(t), t
        assert len(set(entries)) == len(entries)
    for shift in found:
        assert shift.starts_before == (shift.start == start and source(shift) in slow.on_call(start - MINUTE))
        assert shift.continues_after == (shift.end == end and source(shift) in slow.on_call(end))
    check_order(found)


def check_order(found: list[Shift]) -> None:
    """Ordered, and per source apart by more than nothing."""
    assert found == sorted(found, key=lambda s: (s.start, s.end, s.user_id, s.role_id or ""))
    last: dict[Held, datetime] = {}
    for shift in found:
        assert shift.start < shift.end
        assert source(shift) not in last or last[source(shift)] < shift.start
        last[source(shift)] = shift.end


@holds(rotas())
def test_shifts_are_what_walking_gives(made: tuple[Rota, datetime]) -> None:
    check_against_oracle(*made)


def check_split(rota: Rota, center: datetime, part: float) -> None:
    """P2: a window is its two parts joined."""
    start, end = center - WINDOW, center + WINDOW
    middle = start + (end - start) * part
    first, second = shifts(rota, start, middle), shifts(rota, middle, end)
    assert joined(first, second) == shifts(rota, start, end)


def joined(first: list[Shift], second: list[Shift]) -> list[Shift]:
    going_on = {source(shift): shift for shift in first if shift.continues_after}
    later = {source(shift): shift for shift in second if shift.starts_before}
    assert going_on.keys() == later.keys()
    whole = [
        Shift(
            start=shift.start,
            end=later[key].end,
            user_id=key[0],
            role_id=key[1],
            layer_id=key[2],
            override_id=key[3],
            on_time_off=shift.on_time_off or later[key].on_time_off,
            starts_before=shift.starts_before,
            continues_after=later[key].continues_after,
        )
        for key, shift in going_on.items()
    ]
    rest = [s for s in first if not s.continues_after] + [s for s in second if not s.starts_before]
    return sorted(
        whole + rest,
        key=lambda s: (s.start, s.end, s.user_id, s.role_id or "", s.layer_id or "", s.override_id or ""),
    )


@holds(rotas(), st.floats(0.01, 0.99))
def test_a_window_is_its_parts_joined(made: tuple[Rota, datetime], part: float) -> None:
    check_split(*made, part)


@holds(rotas(), st.integers(1, 12), st.sampled_from((None, "a")))
def test_pages_joined_are_the_window(made: tuple[Rota, datetime], most: int, user: str | None) -> None:
    """And each has at most as many shifts as it may, but those that begin at once."""
    rota, center = made
    start, end = center - WINDOW, center + WINDOW
    pages: list[list[Shift]] = []
    at = start
    while at < end:
        until = page_end([rota], at, end, most, user_id=user)
        assert at < until <= end
        page = [shift for shift in shifts(rota, at, until) if user in (None, shift.user_id)]
        assert len(page) <= most or len({shift.start for shift in page}) == 1
        pages.append(page)
        at = until
    whole = pages[0]
    for page in pages[1:]:
        whole = joined(whole, page)
    assert whole == [shift for shift in shifts(rota, start, end) if user in (None, shift.user_id)]


def check_progress(rota: Rota, center: datetime) -> None:
    """Each state begins where the one before ended, and ends later: where one doesn't, all that waits for it hangs."""
    at_us, end_us = to_us(center - WINDOW), to_us(center + WINDOW)
    for state in _states(rota, at_us, end_us):
        assert at_us == state.start_us < state.end_us
        at_us = state.end_us
    assert at_us == end_us


@holds(rotas(), examples=50)
def test_time_goes_on(made: tuple[Rota, datetime]) -> None:
    check_progress(*made)
