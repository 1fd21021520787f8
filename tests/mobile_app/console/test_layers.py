"""Layers in the form: their sentences, the presets, what one choice means for another, what is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest
from msgspec.structs import replace

from phone.base.i18n import Words
from phone.base.moments import zone_of
from phone.base.people import Reader
from phone.console.form.kind import Known
from phone.console.layers import layers
from phone.console.layers.drafts import LayerDraft
from phone.console.layers.layer_sentence import day_names, layer_sentence
from phone.console.schedules.kind import Schedules
from phone.console.schedules.shift_changes import change_lines, span_text
from shared.domain.on_call.layer_edits import Change
from shared.domain.on_call.rota import Schedule as Plan
from shared.domain.on_call.schedule_checks import Nameable as Accounts
from shared.domain.on_call.schedule_checks import check_schedule
from shared.domain.time import WEEKDAYS
from shared.wire.schedules import GroupInput, MemberInput, PeriodInput, RestrictionInput
from shared.wire.sessions import Language, Me, Server
from tests.kit import nordwind_schedules
from tests.kit.night import JONAS, NOW, PAYMENTS

BERLIN = "Europe/Berlin"
NAMES = {
    "u-ana": "Ana",
    "u-bo": "Bo",
    "u-cid": "Cid",
    "u-dan": "Dan",
    "u-eva": "Eva",
    "u-fay": "Fay",
    "u-jonas": "Jonas",
}


class Lists:
    """People by short names; no other list was read."""

    def items(self, slug: str) -> tuple[Any, ...] | None:
        del slug

    def find(self, slug: str, ident: str | None) -> Any:
        del slug, ident

    def named(self, slug: str, ident: str | None) -> str | None:
        return NAMES.get(ident or "") if slug == "people" else None


def known(language: Language = "en") -> Known:
    me = Me(
        id=JONAS.id,
        name=JONAS.name,
        email="jonas@example.com",
        role="admin",
        language=language,
        time_zone=BERLIN,
        teams=[PAYMENTS],
        permissions=["read", "schedules:edit"],
        server=Server(name="Nordwind", version="0.1.0", demo=False),
        rev=1,
    )
    reader = Reader(Words(language), zone_of(BERLIN), JONAS.id)
    return Known(lists=Lists(), reader=reader, me=me, now=NOW)


def layer(*people: str, role: str | None = None, rotation: dict[str, Any] | None = None, **given: Any) -> LayerDraft:
    made = layers.blank_layer("L", BERLIN, NOW)
    turned = replace(made.rotation, **(rotation or {}))
    return replace(made, groups=layers.turns(people, role), rotation=turned, **given)


NO_HANDOFF = {"handoff_weekday": None, "handoff_time": None}


def hours(kind: Literal["daily", "weekly"], **period: Any) -> RestrictionInput:
    return RestrictionInput(kind=kind, periods=(PeriodInput(**period),))


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        (
            layer("u-ana", "u-bo", "u-cid"),
            "Every week, handoff Mon 10:00: Ana, Bo and Cid",
            "每周，周一 10:00 交接：Ana、Bo 和 Cid",
        ),
        (
            layer("u-ana", "u-jonas", role="primary", rotation={"every": 2}),
            "Every 2 weeks, handoff Mon 10:00, as Primary: Ana and you",
            "每 2 周，周一 10:00 交接，主值班：Ana 和你",
        ),
        (
            layer("u-ana", rotation={"unit": "day", "every": 14, **NO_HANDOFF}, start="2026-11-18T09:00"),
            "Every 14 days, handoff Wed 09:00: Ana",
            "每 14 天，周三 09:00 交接：Ana",
        ),
        (
            layer("u-ana", rotation={"unit": "month", **NO_HANDOFF}, start="2026-01-31T08:00"),
            "Every month, handoff on day 31 at 08:00: Ana",
            "每月，31 日 08:00 交接：Ana",
        ),
        (
            layer(
                "u-ana",
                "u-bo",
                rotation={"unit": "day", "order": "fair", **NO_HANDOFF},
                date_mask=("mon", "tue", "wed", "fri"),
                restriction=hours("daily", start="22:00", end="06:00"),
            ),
            "Every day, handoff 00:00, Mon to Wed and Fri only, 22:00 to 06:00, fair order: Ana and Bo",
            "每天，00:00 交接，仅周一至周三和周五，22:00 至 06:00，公平轮换：Ana 和 Bo",
        ),
        (
            layer(
                "u-ana",
                "u-bo",
                "u-cid",
                "u-dan",
                "u-eva",
                "u-fay",
                rotation={"unit": "hour", "every": 12, **NO_HANDOFF},
            ),
            "Every 12 hours: Ana, Bo, Cid, Dan, Eva and 1 more",
            "每 12 小时：Ana、Bo、Cid、Dan、Eva 等，另有 1 组",
        ),
        (layer(), "Every week, handoff Mon 10:00: nobody yet", "每周，周一 10:00 交接：还没有人"),
    ],
)
def test_a_layer_is_told_in_a_sentence(given: LayerDraft, english: str, chinese: str) -> None:
    assert layer_sentence(known(), given, BERLIN) == english
    assert layer_sentence(known("zh"), given, BERLIN) == chinese


def test_groups_empty_turns_and_stays_are_told() -> None:
    together = GroupInput(members=(MemberInput(user_id="u-ana"), MemberInput(user_id="u-cid", role_id="backup")))
    later = MemberInput(user_id="u-bo", since="2026-12-06", until="2027-01-01T09:00")
    gone = MemberInput(user_id="u-dan", until="2026-11-01")
    turns = (together, GroupInput(members=(later,)), GroupInput(nobody=True), GroupInput(members=(gone,)))
    given = replace(layer(), groups=turns)
    told = layer_sentence(known(), given, BERLIN)
    assert told == "Every week, handoff Mon 10:00: Ana + Cid (Backup), Bo (from 6 Dec, until 1 Jan 09:00) and nobody"


def test_weekly_hours_wrap_round_sunday_in_words() -> None:
    weekend = hours("weekly", start_weekday="fri", start="18:00", end_weekday="mon", end="09:00")
    given = layer("u-ana", restriction=weekend)
    assert "Fri 18:00 to Mon 09:00" in layer_sentence(known(), given, BERLIN)


def test_runs_of_days_are_shortened_from_three_on() -> None:
    words = Words("en")
    assert day_names(words, ["sun", "mon"]) == "Mon and Sun"
    assert day_names(words, ["thu", "fri", "sat", "sun"]) == "Thu to Sun"
    assert day_names(words, list(WEEKDAYS)) == "Mon to Sun"


@pytest.mark.parametrize("preset", layers.PRESETS)
def test_a_preset_needs_nothing_but_people(preset: layers.Preset) -> None:
    drafted = layers.preset_layers(Words("en"), preset, BERLIN, NOW)
    assert not layers.is_ready(drafted)
    drafted = tuple(replace(each, groups=layers.turns(["u-ana"], layers.role_of(each))) for each in drafted)
    assert layers.is_ready(drafted)
    sent = tuple(layers.sent_layer(each) for each in drafted)
    plan = Plan(time_zone=BERLIN, layers=tuple(msgspec.structs.replace(each, id=str(i)) for i, each in enumerate(sent)))
    accounts = Accounts(users=frozenset({"u-ana"}), roles=frozenset({"primary", "backup"}))
    assert check_schedule(plan, accounts, now=NOW).flaws == ()


def test_primary_and_backup_have_their_roles_and_the_backup_follows_one_turn_later() -> None:
    first, second = layers.preset_layers(Words("en"), "primary_backup", BERLIN, NOW)
    first = replace(first, groups=layers.turns(["u-ana", "u-bo", "u-cid"], "primary"))
    second = replace(second, groups=layers.shifted_groups(first, layers.role_of(second)))
    assert layers.role_of(first) == "primary"
    assert [(each.user_id, each.role_id) for each in layers.members(second)] == [
        ("u-bo", "backup"),
        ("u-cid", "backup"),
        ("u-ana", "backup"),
    ]


def test_day_and_night_leave_no_hour_between_them() -> None:
    day, night = layers.preset_layers(Words("en"), "day_night", BERLIN, NOW)
    assert [each.restriction.periods for each in (day, night)] == [
        (PeriodInput(start="08:00", end="20:00"),),
        (PeriodInput(start="20:00", end="08:00"),),
    ]


@pytest.mark.parametrize(
    ("unit", "every", "whole"),
    [
        ("week", 1, True),
        ("week", 3, True),
        ("day", 7, True),
        ("day", 28, True),
        ("day", 8, False),
        ("month", 1, False),
        ("hour", 7, False),
        ("week", 0, False),
    ],
)
def test_a_weekday_of_handoff_goes_with_whole_weeks(unit: str, every: int, whole: bool) -> None:
    before = layer("u-ana", rotation={"unit": "day", "every": 2, **NO_HANDOFF}).rotation
    changed = layers.rotated(before, unit=unit, every=every)
    assert layers.is_whole_weeks(changed) is whole
    assert (changed.handoff_weekday, changed.handoff_time) == (("mon", "10:00") if whole else (None, None))


def test_another_number_of_weeks_keeps_the_chosen_handoff() -> None:
    before = replace(layer().rotation, handoff_weekday="thu", handoff_time="17:30")
    assert layers.rotated(before, every=2).handoff_time == "17:30"


def test_without_a_weekday_of_handoff_weeks_begin_as_the_layer_does() -> None:
    given = layer(start="2026-11-18T09:30")
    bare = layers.handed_over(given, None)
    assert (bare.rotation.handoff_weekday, bare.rotation.handoff_time) == (None, None)
    assert layers.handed_over(bare, "fri").rotation.handoff_time == "09:30"


def test_switching_on_a_mask_takes_weekly_hours_away_and_leaves_daily_ones() -> None:
    changed = layers.masked(layer(restriction=layers.restricted("weekly")), on=True)
    assert changed.date_mask == ("mon", "tue", "wed", "thu", "fri")
    assert changed.restriction == RestrictionInput()
    assert changed.was_reset
    assert layers.restriction_kinds(changed) == ("none", "daily")
    daily = layers.masked(layer(restriction=layers.restricted("daily")), on=True)
    assert daily.restriction.kind == "daily"
    assert not daily.was_reset
    assert layers.masked(replace(daily, continuous=True), on=False).continuous is False


def test_periods_go_on_where_the_last_one_ends() -> None:
    assert layers.next_period(hours("daily", start="09:00", end="12:00")) == PeriodInput(start="12:00", end="09:00")
    assert layers.next_period(layers.restricted("weekly")).start_weekday == "fri"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("9", "09:00"),
        ("0930", "09:30"),
        ("9:05", "09:05"),
        ("9：05", "09:05"),
        ("24:00", "24:00"),
        ("", None),
        ("noon", "noon"),
        ("9:5", "9:5"),
    ],
)
def test_times_are_understood_as_people_type_them(typed: str, sent: str | None) -> None:
    assert layers.clock(typed) == sent


def test_what_is_sent_is_what_was_saved_when_nothing_was_touched() -> None:
    for schedule in nordwind_schedules.schedules():
        kind = Schedules()
        sent = kind.sent(known(), kind.draft(schedule), schedule)
        assert msgspec.to_builtins(sent.layers) == msgspec.to_builtins(schedule.layers)
        assert sent.notices == schedule.notices
        assert sent.effective_at is None


def test_a_chosen_date_is_an_instant_of_the_schedules_zone() -> None:
    kind, schedule = Schedules(), nordwind_schedules.schedules()[0]
    draft = replace(kind.draft(schedule), takes_over="2026-12-01T00:00")
    assert kind.sent(known(), draft, schedule).effective_at == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_nothing_is_previewed_before_people_are_chosen_and_the_name_does_not_matter() -> None:
    kind, schedule = Schedules(), nordwind_schedules.schedules()[0]
    draft = replace(kind.draft(schedule), name="")
    asked = kind.preview(known(), draft, schedule)
    assert asked is not None
    assert asked["schedule"].name
    draft = replace(draft, layers=(*draft.layers, layer()))
    assert kind.preview(known(), draft, schedule) is None


def change(who: str, gains: bool, day: int, *, hour: int = 0, hours: int = 24) -> Change:
    start = datetime(2026, 11, day, hour, tzinfo=UTC)
    return Change(user_id=who, role_id=None, start=start, end=start + timedelta(hours=hours), gains=gains)


def test_changes_are_grouped_by_person_and_cut() -> None:
    reader = Reader(words=Words("en"), zone=UTC, id="u-bo")
    told = change_lines(
        reader,
        [change("u-ana", True, 28), change("u-bo", False, 28), *(change("u-ana", True, day) for day in range(1, 6))],
        NAMES,
        UTC,
    )
    assert told == [
        "Ana gains Sat 28 Nov, Sun 1 Nov, Mon 2 Nov and 3 more",
        "You lose Sat 28 Nov",
    ]
    many = change_lines(reader, [change(f"u-{i}", True, 3) for i in range(20)], {}, UTC)
    assert many[-1] == "and 12 more"


@pytest.mark.parametrize(
    ("hour", "hours", "told"),
    [
        (0, 24, "Sat 28 Nov"),
        (0, 48, "Sat 28 Nov to Sun 29 Nov"),
        (9, 9, "Sat 28 Nov 09:00 to 18:00"),
        (20, 12, "Sat 28 Nov 20:00 to Sun 29 Nov 08:00"),
    ],
)
def test_hours_are_told_as_people_say_them(hour: int, hours: int, told: str) -> None:
    each = change("u-ana", True, 28, hour=hour, hours=hours)
    assert span_text(Words("en"), each.start, each.end, UTC) == told
