"""In which order teams and schedules stand: the reader's own first, primary before backup."""

from collections.abc import Collection, Iterable
from typing import Final

from phone.rotas.watches import concerns, roles_of
from shared.wire.lists import Ref
from shared.wire.schedules import ScheduleRota

PARTS: Final = ("primary", "backup", "secondary")
NO_TEAM: Final = Ref("", "")


def rank(each: ScheduleRota) -> int:
    """Which of the parts that everybody knows a schedule hands out first, or has in its name."""
    role, name = next(iter(roles_of(each.rota)), None), each.schedule.name.casefold()
    return next((n for n, part in enumerate(PARTS) if role == part or (role is None and part in name)), len(PARTS))


def in_order(items: Iterable[ScheduleRota]) -> list[ScheduleRota]:
    """Schedules of the primary role first, then by name."""
    return sorted(items, key=lambda each: (rank(each), each.schedule.name.casefold(), each.schedule.id))


def teams_of(items: Collection[ScheduleRota], own: Iterable[Ref], me: str) -> list[Ref]:
    """Teams that have schedules: first the reader's `own` on whose schedules they are, then the others of theirs."""
    mine = {team.id for team in own}
    with_me = {each.team for each in items if concerns(each.rota, me)}
    return sorted(
        {each.team or NO_TEAM for each in items},
        key=lambda team: (team.id not in mine, team not in with_me, team.id == "", team.name.casefold(), team.id),
    )
