"""Nordwind's schedules with their layers, its on-call roles, its service calendars and what coverage says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.domain.alerts import Severity
from shared.domain.on_call.rota import Group, Layer, Member, Period, Restriction, Rotation
from shared.domain.on_call.workdays import Day, OwnDay
from shared.wire.coverage import Coverage, CoverageHole, CoverageReport, Unreached
from shared.wire.lists import Ref
from shared.wire.on_call_roles import OnCallRole
from shared.wire.schedules import GroupAddress, Schedule, ShiftNotices
from shared.wire.service_calendars import HolidayCountry, HolidaySource, ServiceCalendar
from tests.kit.night import ANA, BO, JONAS, MEI, NOW, PAYMENTS, PLATFORM, PRIMARY, SECONDARY

WEEKLY = Rotation(unit="week", handoff_weekday="mon", handoff_time="10:00")


def turns(role_id: str | None, *people: Ref) -> tuple[Group, ...]:
    """A turn for each."""
    return tuple(Group(members=(Member(user_id=each.id, role_id=role_id),)) for each in people)


def schedule(ref: Ref, *layers: Layer, **given: Any) -> Schedule:
    fields: dict[str, Any] = {
        "team_id": PAYMENTS.id,
        "time_zone": "Europe/Berlin",
        "description": "",
        "overlap": "union",
        "rev": 4,
    }
    return Schedule(id=ref.id, name=ref.name, layers=layers, **{**fields, **given})


def schedules() -> list[Schedule]:
    old = Layer(
        id="l-old",
        name="Summer",
        start="2026-06-01T00:00",
        end="2026-09-01T00:00",
        rotation=Rotation(unit="day", every=2),
        groups=turns("primary", BO, ANA),
    )
    week = Layer(
        id="l-week",
        name="Primary",
        start="2026-09-01T00:00",
        rotation=WEEKLY,
        groups=turns("primary", JONAS, ANA, BO),
    )
    days = Layer(
        id="l-days",
        name="Launch watch",
        start="2026-10-05T00:00",
        rotation=Rotation(unit="day", order="fair"),
        date_mask=("mon", "tue", "wed", "thu", "fri"),
        restriction=Restriction(kind="daily", periods=(Period(start="09:00", end="18:00"),)),
        groups=turns(None, ANA, BO),
    )
    backup = Layer(
        id="l-backup", name="Backup", start="2026-09-01T00:00", rotation=WEEKLY, groups=turns("backup", BO, JONAS)
    )
    notices = ShiftNotices(
        before_s=1800,
        daily_at="08:00",
        groups=(
            GroupAddress(channel="webhook", address="https://chat.nordwind.example/hooks/oncall", name="#payments"),
        ),
    )
    about = "First look at the **payments board**.\n\n- Refunds can wait until 08:00\n- Bank holidays: call Ana"
    return [
        schedule(PRIMARY, old, week, days, description=about, description_in_notices=True, notices=notices),
        schedule(SECONDARY, backup, rev=1),
    ]


def on_call_roles() -> list[OnCallRole]:
    return [
        OnCallRole(id="primary", name="Primary", is_built_in=True, used_by=3, rev=1),
        OnCallRole(id="backup", name="Backup", is_built_in=True, used_by=2, rev=1),
        OnCallRole(id="r-dba", name="Database", is_built_in=False, used_by=0, rev=1),
        OnCallRole(id="r-lead", name="Incident lead", is_built_in=False, used_by=1, rev=1),
    ]


def service_calendars() -> list[ServiceCalendar]:
    return [
        ServiceCalendar(
            id="c-berlin",
            name="Warehouse Berlin",
            team_id=PLATFORM.id,
            time_zone="Europe/Berlin",
            rest_weekdays=("sat", "sun"),
            holidays=(HolidaySource(country="DE", subdivision="BE"),),
            own_days=(OwnDay(date=date(2026, 11, 27), kind="rest", name="Stocktaking"),),
            rev=2,
        ),
        ServiceCalendar(
            id="c-shanghai",
            name="上海仓库",
            team_id=PLATFORM.id,
            time_zone="Asia/Shanghai",
            rest_weekdays=("sat", "sun"),
            holidays=(HolidaySource(country="CN"),),
            own_days=(),
            rev=1,
        ),
    ]


def holiday_countries() -> list[HolidayCountry]:
    return [
        HolidayCountry(country="CN", name="China", has_make_up_workdays=True),
        HolidayCountry(country="DE", name="Germany", subdivisions=["BE", "BW", "BY", "HH", "SN"]),
        HolidayCountry(country="FR", name="France"),
    ]


def days(calendar: ServiceCalendar, first: date, end: date) -> list[Day]:
    """Its days of `[first, end)`; from 2027 on nothing is published yet."""
    own = {each.date: each for each in calendar.own_days}
    holidays = {
        date(2026, 11, 18): "Buß- und Bettag",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 26): "Second day",
    }
    found: list[Day] = []
    day = first
    while day < end:
        rests = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()] in calendar.rest_weekdays
        if day in own:
            found.append(Day(date=day, kind=own[day].kind, reason="own", name=own[day].name))
        elif day == date(2026, 11, 21):
            found.append(Day(date=day, kind="workday", reason="make_up", name="Make-up workday"))
        elif day in holidays:
            found.append(Day(date=day, kind="rest", reason="holiday", name=holidays[day]))
        else:
            kind = "rest" if rests else "workday"
            found.append(Day(date=day, kind=kind, reason="weekday", provisional=day.year > 2026))
        day += timedelta(days=1)
    return found


def coverage() -> CoverageReport:
    start = NOW.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    checkout, edge, postgres = Ref("svc-checkout", "checkout-api"), Ref("svc-edge", "edge"), Ref("svc-pg", "postgres")
    policy, end = Ref("p-pay", "Payments 24×7"), start + timedelta(days=90)

    def item(service: Ref, team: Ref, severity: Severity, level: int, hole: CoverageHole | None) -> Coverage:
        return Coverage(
            service=service,
            team=team,
            policy=None if hole is not None and hole.cause == "no_policy" else policy,
            severity=severity,
            level=level,
            hole=hole,
        )

    night = datetime(2026, 11, 28, 19, tzinfo=UTC)
    gap = CoverageHole(
        start=night,
        end=night + timedelta(hours=12),
        cause="nobody_on_call",
        unreached=[],
        schedules=[SECONDARY],
        total_s=12 * 3600 * 12,
    )
    late = CoverageHole(
        start=night + timedelta(days=3),
        end=night + timedelta(days=10),
        cause="nobody_reachable",
        unreached=[Unreached(user=BO, why="not_by_rule_in_time"), Unreached(user=MEI, why="no_contact_method")],
        schedules=[PRIMARY],
        total_s=7 * 24 * 3600,
    )
    none = CoverageHole(start=start, end=end, cause="no_policy", unreached=[], schedules=[], total_s=90 * 86_400)
    items = [
        *(item(checkout, PAYMENTS, severity, 1, None) for severity in Severity),
        item(checkout, PAYMENTS, Severity.CRITICAL, 2, gap),
        item(checkout, PAYMENTS, Severity.WARNING, 2, gap),
        item(checkout, PAYMENTS, Severity.INFO, 2, late),
        *(item(postgres, PAYMENTS, severity, 1, None) for severity in Severity),
        *(item(edge, PLATFORM, severity, 1, none) for severity in Severity),
    ]
    return CoverageReport(
        start=start, end=end, within_s=900, proven=sum(each.hole is None for each in items), items=items
    )
