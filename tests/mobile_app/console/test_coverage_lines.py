"""Coverage as a line per service: gaps, one person alone, what isn't planned, and what is next at risk."""

from datetime import UTC, datetime, timedelta

import flet as ft
import msgspec

from phone.console.coverage.line import Segment, segments
from phone.console.coverage.sentences import by_service
from shared.domain.alerts import Severity
from shared.wire.coverage import Alone, Coverage, CoverageHole, CoverageReport, Stretch
from shared.wire.lists import Ref
from tests.kit import nordwind_schedules
from tests.kit.fake_api import FakeApi
from tests.kit.night import ANA
from tests.kit.opened import administrator

START = datetime(2026, 11, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def at(days: float) -> datetime:
    return START + days * DAY


def report(*items: Coverage) -> CoverageReport:
    return CoverageReport(start=START, end=at(90), within_s=900, proven=0, items=list(items))


def item(level: int, hole: CoverageHole | None = None, *alone: tuple[float, float]) -> Coverage:
    return Coverage(
        service=Ref("s", "checkout"),
        team=None,
        policy=Ref("p", "24×7"),
        severity=Severity.CRITICAL,
        level=level,
        hole=hole,
        alone=[Alone(user=ANA, start=at(a), end=at(b)) for a, b in alone],
    )


def hole(*spans: tuple[float, float]) -> CoverageHole:
    first, *again = [Stretch(start=at(a), end=at(b)) for a, b in spans]
    return CoverageHole(
        start=first.start,
        end=first.end,
        cause="nobody_on_call",
        unreached=[],
        schedules=[],
        total_s=int(sum(b - a for a, b in spans) * 86_400),
        again=again,
    )


def line(whole: CoverageReport, days: int = 90) -> list[tuple[str, float, float]]:
    found: list[Segment] = segments(whole, by_service(whole)[0], days)
    return [(each.part, (each.start - START) / DAY, (each.end - START) / DAY) for each in found]


def test_a_line_has_no_break_and_tells_the_worst_of_each_time() -> None:
    whole = report(item(1, None, (10, 20)), item(2, hole((2, 4), (12, 13))))
    assert line(whole) == [
        ("covered", 0, 2),
        ("hole", 2, 4),
        ("covered", 4, 10),
        ("thin", 10, 12),
        ("hole", 12, 13),
        ("thin", 13, 20),
        ("covered", 20, 90),
    ]


def test_a_shorter_line_ends_sooner_and_what_is_later_is_not_on_it() -> None:
    whole = report(item(1, hole((29, 31), (60, 61))))
    assert line(whole, 30) == [("covered", 0, 29), ("hole", 29, 30)]


def test_a_plan_that_ends_is_no_gap_and_a_gap_at_the_end_is() -> None:
    assert line(report(item(1, hole((2, 3), (68, 90)))))[-1] == ("unplanned", 68, 90)
    assert line(report(item(1, hole((88, 90)))))[-1] == ("hole", 88, 90)
    assert line(report(item(1, hole((0, 90))))) == [("hole", 0, 90)]


async def test_what_is_next_at_risk_stands_on_top_with_one_act_each() -> None:
    async with administrator("/configure/coverage") as app:
        await app.until(lambda: app.says("Next at risk"))
        texts = app.texts()
        assert texts.index("edge: no policy, so nobody is paged") < texts.index("checkout-api: nobody on level 2")
        assert app.says("Gap now")
        await app.tap(key="risk-svc-checkout")
        assert app.page.route == "/schedules/s-pay-2"


async def test_each_line_says_to_a_screen_reader_what_it_shows() -> None:
    async with administrator("/configure/coverage", width=412) as app:
        await app.until(lambda: app.says("Next at risk"))
        said = [each.label for each in app.find(ft.Semantics) if (each.label or "").startswith("checkout-api: ")]
        assert len(said) == 1
        assert "nobody" in str(said[0])
        await app.tap(key="choice-90")
        later = [each.label for each in app.find(ft.Semantics) if (each.label or "").startswith("checkout-api: ")]
        assert later != said


async def test_one_person_alone_is_named() -> None:
    api = FakeApi()
    told = nordwind_schedules.coverage()
    alone = Alone(user=ANA, start=told.start + 3 * DAY, end=told.start + 5 * DAY)
    api.console.rotas.coverage = msgspec.structs.replace(
        told,
        items=[
            msgspec.structs.replace(each, alone=[alone] if each.level == 1 else [])
            for each in told.items
            if each.service.name == "postgres"
        ],
    )
    async with administrator("/configure/coverage", api=api) as app:
        await app.until(lambda: app.says("1 thin spell"))
        assert app.says("postgres: Ana Ruiz alone, nobody behind")
