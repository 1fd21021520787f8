"""Schedules: listed here, looked at under On call."""

from typing import ClassVar

from phone.console.kind import Draft, Kind, Known, Section
from shared.wire import routes
from shared.wire.schedules import Schedule


class Schedules(Kind[Schedule]):
    """Nothing to fill in yet."""

    slug: ClassVar[str] = "schedules"
    audited_as: ClassVar[str] = "schedule"
    list_path: ClassVar[str] = routes.SCHEDULES
    item_path: ClassVar[str] = routes.SCHEDULE
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    can_make: ClassVar[bool] = False
    can_change: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    item = Schedule

    def summary(self, known: Known, item: Schedule) -> str:
        team = known.name("teams", item.team_id)
        return known.words("summary.schedule", team=team, zone=item.time_zone.replace("_", " "))

    def blank(self, known: Known) -> Draft:
        del known
        return {}

    def sections(self, known: Known, draft: Draft, item: Schedule | None) -> list[Section]:
        del known, draft, item
        return []
