"""Which colour is whose, on every screen alike."""

from collections.abc import Iterable
from itertools import count

from phone.rotas.order import NO_TEAM
from shared.wire.schedules import ScheduleRota


def numbers_of(items: Iterable[ScheduleRota], me: str) -> dict[str, int]:
    """Team by team, in the order in which a team's schedules name people; the reader has none, they are filled.

    Whoever is in several teams has the number of the first, and nobody else of the others is given that one there.
    """
    numbers: dict[str, int] = {}
    teams: dict[tuple[str, str], dict[str, None]] = {}
    for each in sorted(items, key=lambda each: (each.schedule.name.casefold(), each.schedule.id)):
        team = each.team or NO_TEAM
        named = teams.setdefault((team.name.casefold(), team.id), {})
        named |= dict.fromkeys(user_id for user_id in _named(each) if user_id != me)
    for _, named in sorted(teams.items(), key=lambda pair: pair[0]):
        taken = {numbers[each] for each in named if each in numbers}
        free = (number for number in count() if number not in taken)
        numbers |= {each: next(free) for each in named if each not in numbers}
    return numbers


def _named(each: ScheduleRota) -> Iterable[str]:
    rota = each.rota
    for layer in rota.schedule.layers:
        for group in layer.groups:
            yield from (member.user_id for member in group.members)
    yield from (override.user_id for override in rota.overrides)
