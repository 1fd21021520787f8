"""Texts of twice their size on the narrowest phone: what is one line by design is never cut."""

from collections.abc import AsyncIterator

import flet as ft
import pytest

from phone.base.theme import SCALE
from phone.kit.text import width_of
from tests.kit.headless_app import HeadlessApp, texts_of, under

TEXT_SIZES = ["100", "200"]


@pytest.fixture(params=TEXT_SIZES)
async def narrow(request: pytest.FixtureRequest) -> AsyncIterator[HeadlessApp]:
    app = HeadlessApp(width=320, height=640)
    app.preferences.kept["text_size"] = request.param
    async with app:
        await app.until(lambda: app.state.rotas.items is not None)
        yield app


def size(label: ft.Text) -> float:
    assert isinstance(label.style, ft.TextStyle)
    assert label.style.size is not None
    return label.style.size


def width(label: ft.Text) -> float:
    designed = SCALE["button"][0]
    return width_of(str(label.value), "button") * size(label) / designed


def keyed(app: HeadlessApp, key: str) -> list[ft.Control]:
    return [each for each in app.find(ft.Control) if str(each.key or "").startswith(key)]


def labels(app: HeadlessApp, key: str) -> list[ft.Text]:
    return list(dict.fromkeys(text for each in keyed(app, key) for text in under(each, ft.Text)))


async def test_sides_of_a_choice_stand_below_each_other_where_they_would_be_cut(narrow: HeadlessApp) -> None:
    await narrow.until(lambda: labels(narrow, "choice-"))
    choices = {id(each) for each in keyed(narrow, "choice-")}
    side_by_side = False
    for row in narrow.find(ft.Row):
        cells = [each for each in row.controls if any(id(part) in choices for part in under(each, ft.Control))]
        if len(cells) > 1:
            side_by_side = True
            room = (320 - 2 * 16 - 8) / len(cells) - 10
            assert all(width(label) <= room for each in cells for label in under(each, ft.Text)), texts_of(row)
    assert side_by_side is (narrow.state.look.text_size == 100)


async def test_words_under_the_signs_are_whole_and_of_one_size(narrow: HeadlessApp) -> None:
    words = [each for each in labels(narrow, "tab-/") if not str(each.value).isdigit()]
    assert {str(each.value) for each in words} >= {"Incidents", "Schedules", "Me"}
    assert len({size(each) for each in words}) == 1
    assert all(width_of(str(each.value), "caption") * size(each) / SCALE["caption"][0] <= 320 / 5 for each in words)


async def test_a_title_is_not_cut_in_two_by_its_signs(narrow: HeadlessApp) -> None:
    [title] = {
        id(each): each for each in narrow.find(ft.Text) if each.value == "Incidents" and size(each) > 20
    }.values()
    rows = [row for row in narrow.find(ft.Row) if any(each is title for each in under(row, ft.Text))]
    beside = [row for row in rows if any(each.key == "filter" for each in under(row, ft.IconButton))]
    signs = max((len(under(row, ft.IconButton)) for row in beside), default=0)
    wide = width_of("Incidents", "display") * size(title) / SCALE["display"][0]
    assert not beside or wide + 16 + 48 * signs <= 320
    assert bool(beside) is (narrow.state.look.text_size == 100)


async def test_initials_stay_within_their_circle(narrow: HeadlessApp) -> None:
    await narrow.goto("/on-call")
    await narrow.until(lambda: narrow.says("your team"))
    circles = [each for each in narrow.find(ft.Container) if each.border_radius == each.width == each.height == 36]
    assert circles
    assert all(size(label) <= SCALE["label"][0] for each in circles for label in under(each, ft.Text))


async def test_a_title_has_as_many_lines_more_as_its_text_is_larger(narrow: HeadlessApp) -> None:
    await narrow.until(lambda: narrow.says("Payment webhooks delayed by 11 min"))
    titles = [each for each in narrow.find(ft.Text) if each.value == "Payment webhooks delayed by 11 min"]
    assert {each.max_lines for each in titles} == {2 * narrow.state.look.text_size // 100}


@pytest.mark.parametrize("door", ["/on-call:ask-s-pay-1", "/incidents/inc-4821:snooze", "/incidents:filter"])
async def test_what_does_not_fit_into_a_sheet_is_scrolled_to(narrow: HeadlessApp, door: str) -> None:
    """Flet lets a sheet grow to the window's height and cuts off the rest: its content has to scroll by itself.

    What scrolls takes all the height that there is, unless a row holds it to what its content needs.
    """
    route, _, key = door.partition(":")
    await narrow.goto(route)
    await narrow.until(lambda: bool(keyed(narrow, key)))
    await narrow.tap(key=key)
    await narrow.until(lambda: any(each.open for each in narrow.find(ft.BottomSheet)))
    opened = next(each for each in narrow.find(ft.BottomSheet) if each.open)
    assert isinstance(opened.content, ft.Container)
    row = opened.content.content
    assert isinstance(row, ft.Row)
    assert row.intrinsic_height
    column = row.controls[0]
    assert isinstance(column, ft.Column)
    assert (column.scroll, column.tight) == (ft.ScrollMode.AUTO, True)


async def test_the_day_of_a_moment_is_never_cut(narrow: HeadlessApp) -> None:
    await narrow.goto("/schedules/s-pay-1")
    await narrow.until(lambda: narrow.state.schedule.item is not None)
    narrow.state.schedule.draft()
    await narrow.until(lambda: labels(narrow, "from-day"))
    assert {each.max_lines for each in labels(narrow, "from-day")} == {2}


async def test_alerts_of_one_incident_are_told_apart_by_all_their_words(narrow: HeadlessApp) -> None:
    await narrow.goto("/incidents/inc-4821/alerts")
    await narrow.until(lambda: bool(labels(narrow, "alert-a-1")))
    titles = [each for each in labels(narrow, "alert-a-") if str(each.value).startswith(("Error", "p99", "Cart"))]
    assert len(titles) == 3
    assert {each.max_lines for each in titles} == {1 if narrow.state.look.text_size == 100 else None}
    rows = [row for each in keyed(narrow, "alert-a-") for row in under(each, ft.Row)]
    assert {row.height for row in rows} == {48 if narrow.state.look.text_size == 100 else None}


async def test_words_under_the_verbs_of_an_incident_are_whole(narrow: HeadlessApp) -> None:
    await narrow.goto("/incidents/inc-4821")
    await narrow.until(lambda: bool(labels(narrow, "reassign")))
    names = [label for key in ("escalate", "snooze", "reassign", "more") for label in labels(narrow, key)]
    assert len({size(each) for each in names}) == 1
    for each in names:
        longest = max(str(each.value).split(), key=len)
        assert width_of(longest, "caption") * size(each) / SCALE["caption"][0] <= (320 - 2 * 16) / 4


async def test_labels_and_buttons_go_on_in_another_line(narrow: HeadlessApp) -> None:
    narrow.api.alerts = narrow.api.alerts[:1]
    await narrow.goto("/incidents/inc-4821")
    await narrow.until(lambda: bool(keyed(narrow, "silence")))
    [button] = {id(each): each for each in narrow.find(ft.OutlinedButton) if each.key == "silence"}.values()
    around = [row for row in narrow.find(ft.Row) if button in row.controls]
    assert [row.wrap for row in around] == [True], "a row without would let it run over the edge"
    assert all(row.wrap for row in under(button, ft.Row))
    await narrow.tap(key="silence")
    await narrow.until(lambda: bool(keyed(narrow, "label-")))
    assert all(row.wrap for each in keyed(narrow, "label-") for row in under(each, ft.Row))


async def test_the_time_of_what_happened_is_whole(narrow: HeadlessApp) -> None:
    await narrow.goto("/incidents/inc-4821")
    await narrow.until(lambda: narrow.says("Opened from"))
    cells = [each for each in narrow.find(ft.Container) if each.width == 52]
    assert bool(cells) is (narrow.state.look.text_size == 100), "above what happened where there is no room beside it"
