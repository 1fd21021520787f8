"""The schedules of the account whose night `night` tells, as layers and overrides."""

from datetime import UTC, datetime
from typing import Any

from shared.domain.on_call.rota import (
    Group,
    Layer,
    Member,
    Override,
    Period,
    Restriction,
    Rota,
    Rotation,
    Schedule,
    Scope,
    TimeOff,
)
from shared.wire.lists import Ref
from shared.wire.schedules import ScheduleRota
from tests.kit.night import ANA, BO, DATA, JONAS, MEI, PAYMENTS, PLATFORM, PRIMARY, SECONDARY

PEOPLE = {ref.id: ref.name for ref in (JONAS, BO, ANA, MEI)}
ZONES = {JONAS.id: "Europe/Berlin", BO.id: "Europe/Stockholm", ANA.id: "Europe/Madrid", MEI.id: "Asia/Shanghai"}
ROLES = {"primary": "Primary", "backup": "Backup", "secondary": "Secondary"}
DESCRIPTION = (
    "Who answers for **checkout and webhooks**. Read the [runbook](https://wiki.nordwind.example/payments) "
    "before your first watch.\n\n* Hand over at 09:00, in person when you can.\n* Card trouble: call the bank first."
)


def layer(id: str, name: str, start: str, *groups: str | None, role: str | None = None, **given: Any) -> Layer:
    """A rotation by day through these people; None is a slot for nobody."""
    members = [
        Group(nobody=True) if user is None else Group(members=(Member(user_id=user, role_id=role),)) for user in groups
    ]
    rotation = given.pop("rotation", Rotation(unit="day"))
    return Layer(id=id, name=name, start=start, rotation=rotation, groups=tuple(members), **given)


def scheduled(ref: Ref, team: Ref, rota: Rota, **given: Any) -> ScheduleRota:
    return ScheduleRota(schedule=ref, team=team, rota=rota, people=PEOPLE, zones=ZONES, roles=ROLES, **given)


def override(id: str, start: datetime, end: datetime, user: Ref, **given: Any) -> Override:
    fields: dict[str, Any] = {"created_at": datetime(2026, 11, 17, 10, 5, tzinfo=UTC), "created_by": ANA.id, **given}
    return Override(id=id, start=start, end=end, user_id=user.id, **fields)


def primary() -> ScheduleRota:
    """Ana from Saturday, Mei from Wednesday, Jonas on Friday; it ends in December."""
    week = (ANA.id, ANA.id, MEI.id, MEI.id, JONAS.id, ANA.id, ANA.id)
    turns = layer("l-pay-1", "Week", "2026-10-26T09:00", *week, role="primary", end="2026-12-14T09:00")
    overrides = (
        override(
            "o-past",
            datetime(2026, 11, 15, 23, tzinfo=UTC),
            datetime(2026, 11, 16, 23, tzinfo=UTC),
            BO,
            reason="Ana is at the dentist",
        ),
        override(
            "o-next",
            datetime(2026, 11, 25, 8, tzinfo=UTC),
            datetime(2026, 11, 26, 8, tzinfo=UTC),
            BO,
            scope=Scope(kind="person", user_id=MEI.id),
            reason="Swapped for the weekend after",
            created_by=MEI.id,
        ),
        override(
            "o-off",
            datetime(2026, 12, 1, 23, tzinfo=UTC),
            datetime(2026, 12, 2, 23, tzinfo=UTC),
            JONAS,
            created_by=JONAS.id,
            cancelled_at=datetime(2026, 11, 19, 15, tzinfo=UTC),
        ),
    )
    away = TimeOff(
        user_id=ANA.id, start=datetime(2026, 11, 27, 23, tzinfo=UTC), end=datetime(2026, 11, 29, 23, tzinfo=UTC)
    )
    rota = Rota(schedule=Schedule(time_zone="Europe/Berlin", layers=(turns,)), overrides=overrides, time_off=(away,))
    return scheduled(PRIMARY, PAYMENTS, rota, description=DESCRIPTION, may_edit=True)


def secondary() -> ScheduleRota:
    """Jonas from Monday for two days, then Bo."""
    week = (JONAS.id, JONAS.id, BO.id, BO.id, BO.id, BO.id, BO.id)
    turns = layer("l-pay-2", "Week", "2026-10-26T09:00", *week, role="secondary")
    rota = Rota(schedule=Schedule(time_zone="Europe/Berlin", layers=(turns,)))
    return scheduled(SECONDARY, PAYMENTS, rota, may_edit=True)


def platform() -> ScheduleRota:
    """Nights and days, and Bo behind both of them; every second Sunday night has nobody."""
    fortnight = (MEI.id, ANA.id, MEI.id, ANA.id, MEI.id, ANA.id, MEI.id)
    night = Restriction(kind="daily", periods=(Period(start="20:00", end="08:00"),))
    day = Restriction(kind="daily", periods=(Period(start="08:00", end="20:00"),))
    layers = (
        layer(
            "l-plat-n",
            "Nights",
            "2026-11-02T20:00",
            MEI.id,
            ANA.id,
            MEI.id,
            ANA.id,
            MEI.id,
            ANA.id,
            None,
            *fortnight,
            role="primary",
            restriction=night,
        ),
        layer("l-plat-d", "Days", "2026-11-02T08:00", ANA.id, BO.id, role="primary", restriction=day),
        layer(
            "l-plat-b",
            "Behind",
            "2026-11-02T08:00",
            BO.id,
            MEI.id,
            role="backup",
            rotation=Rotation(unit="week"),
            date_mask=("mon", "tue", "wed", "thu", "fri", "sat"),
        ),
    )
    rota = Rota(schedule=Schedule(time_zone="Europe/Berlin", layers=layers))
    return scheduled(Ref("s-plat", "Platform"), PLATFORM, rota)


def data() -> ScheduleRota:
    """From Monday afternoon to Friday evening, nobody in between."""
    hours = Restriction(
        kind="weekly", periods=(Period(start_weekday="mon", start="16:00", end_weekday="fri", end="18:00"),)
    )
    turns = layer("l-data", "", "2026-11-02T09:00", BO.id, MEI.id, rotation=Rotation(unit="week"), restriction=hours)
    rota = Rota(schedule=Schedule(time_zone="Asia/Shanghai", layers=(turns,)))
    return scheduled(Ref("s-data", "Data nights"), DATA, rota)


def rotas() -> list[ScheduleRota]:
    return [data(), primary(), secondary(), platform()]
