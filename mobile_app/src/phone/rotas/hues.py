"""Which colour is whose, on every calendar of a team alike."""

from collections.abc import Iterable, Mapping

from phone.base.hues import Hue, hue
from phone.base.theme import Brightness
from shared.wire.schedules import ScheduleRota


def hues_of(items: Iterable[ScheduleRota], me: str, brightness: Brightness) -> Mapping[str, Hue]:
    """By the order in which a team's schedules name people; the reader is none of them, their bars are filled."""
    named = dict.fromkeys(
        user_id
        for each in sorted(items, key=lambda each: (each.schedule.name.casefold(), each.schedule.id))
        for user_id in _named(each)
        if user_id != me
    )
    return {user_id: hue(brightness, number) for number, user_id in enumerate(named)}


def of_same_team(items: Iterable[ScheduleRota], item: ScheduleRota) -> list[ScheduleRota]:
    """The schedules whose people have colours together with this one's."""
    return [each for each in items if each.team == item.team] or [item]


def _named(each: ScheduleRota) -> Iterable[str]:
    rota = each.rota
    for layer in rota.schedule.layers:
        for group in layer.groups:
            yield from (member.user_id for member in group.members)
    yield from (override.user_id for override in rota.overrides)
