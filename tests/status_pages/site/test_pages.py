"""Pages as HTML: whole, without scripts, in both languages, the same for what was told live and afterwards."""

import re
from base64 import b64decode
from hashlib import sha256
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from msgspec.structs import replace

from server.status_pages.images import ImageRow
from server.status_pages.read import LoadedEvent
from server.status_pages.site.content import SiteContent
from server.status_pages.site.pages import SiteFile
from server.status_pages.site.render import all_files, files_of_now
from shared.domain.visible import as_name
from shared.wire.status_pages import Passage
from tests.kit.nordwind_status import NOW, OPEN, event, nordwind, over, phrase, said, site, utc
from tests.status_pages.site.hostile import CORPUS, Page


def files(content: SiteContent) -> dict[str, SiteFile]:
    return dict(all_files(content, NOW))


def html(content: SiteContent) -> dict[str, str]:
    return {path: file.body.decode() for path, file in files(content).items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def made() -> dict[str, SiteFile]:
    return files(nordwind())


def words(text: str) -> str:
    return re.sub(r"\s+", " ", " ".join(Page(text).words))


def test_every_page_is_well_formed_and_holds_nothing_that_runs(made: dict[str, SiteFile]) -> None:
    pages = {path: file.body.decode() for path, file in made.items() if path.endswith(".html")}
    assert len(pages) == 42
    for path, text in pages.items():
        page = Page(text)
        assert (path, page.wrong, page.open) == (path, [], [])
        assert len(page.ids) == len(set(page.ids)), path
        assert text.startswith("<!doctype html>\n<html lang=")
        assert text.count("<h1") == 1, path


def test_every_link_within_the_site_leads_to_a_file(made: dict[str, SiteFile]) -> None:
    for path, file in made.items():
        if not path.endswith(".html"):
            continue
        for link in Page(file.body.decode()).links:
            if link.startswith(("http", "mailto:", "#")):
                continue
            bare, _, anchor = link.partition("#")
            to = normpath(join(dirname(path), bare.partition("?")[0]))
            to = "index.html" if to == "." else f"{to}/index.html" if bare.partition("?")[0].endswith("/") else to
            assert to in made, f"{link} of {path}"
            if anchor:
                assert f'id="{anchor}"' in made[to].body.decode(), f"{link} of {path}"


def test_the_policy_lets_in_the_one_style_sheet_and_nothing_else(made: dict[str, SiteFile]) -> None:
    text = made["index.html"].body.decode()
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[0].replace("&#39;", "'")
    assert len(styles) == 1
    digest = re.findall(r"style-src 'sha256-([^']+)'", policy)[0]
    assert b64decode(digest) == sha256(styles[0].encode()).digest()
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_the_banner_is_the_incident_itself_and_says_when_it_is_told_again(made: dict[str, SiteFile]) -> None:
    said_here = words(made["index.html"].body.decode())
    assert "Some card payments in Europe are failing" in said_here
    assert "Updated 6 min ago, next update by 16:15 CET." in said_here
    assert "As of Sat 28 Nov, 15:42 CET." in said_here
    assert "for 47 min, since 14:55 CET" in said_here
    assert "Wed 2 Dec, 05:00 to 06:30 CET" in said_here


def test_the_other_language_says_the_same_in_its_words(made: dict[str, SiteFile]) -> None:
    text = made["zh/index.html"].body.decode()
    assert '<html lang="zh-Hans">' in text
    said_here = words(text)
    for each in (
        "欧洲部分银行卡支付失败",
        "6 分钟前更新，下次不晚于 16:15 CET。",
        "银行卡收单 部分中断",
        "近 90 天",
        "12 月 2 日（周三）05:00 至 06:30 CET",
    ):
        assert each in said_here
    assert "Operational" not in said_here


def test_when_all_works_it_is_calm() -> None:
    said_here = words(html(nordwind(is_broken=False))["index.html"])
    assert "Everything works" in said_here
    assert "No incident for 5 days." in said_here


def test_a_page_without_anything_says_so() -> None:
    shown = html(site())
    assert "No incident so far." in words(shown["index.html"])
    assert "Nothing happened in the last 30 days." in words(shown["index.html"])
    assert "Nothing happened in this month." in words(shown["history/2026-11.html"])


def test_each_component_has_ninety_bars_and_a_story_where_something_was(made: dict[str, SiteFile]) -> None:
    text = made["index.html"].body.decode()
    bars = re.findall(r'<ol class="bars".*?</ol>', text, re.DOTALL)
    assert len(bars) == 8
    assert [each.count("<li") for each in bars] == [90] * 8
    checkout = words(bars[0])
    assert "Fri 2 Oct Partial outage, 23 min Checkout errors" in checkout
    assert "Mon 16 Nov Under maintenance, 15 min Card checkout, certificate renewal" in checkout
    assert bars[-1].count("is-none") == 22
    assert "measured since Tue 22 Sep" in words(text)


def test_hidden_uptime_is_nowhere_on_the_page() -> None:
    content = nordwind()
    rows = tuple(_hidden(each) for each in content.components)
    groups = tuple(_hidden(each) for each in content.groups)
    hidden = html(replace(content, components=rows, groups=groups))["index.html"]
    assert "uptime" not in words(hidden)
    assert 'class="bars"' not in hidden
    assert "Card checkout" in words(hidden)


def _hidden(row: Any) -> Any:
    return replace(row, is_uptime_hidden=True)


def test_an_event_told_afterwards_is_byte_for_byte_what_a_live_one_is() -> None:
    """Whether something was told live stands nowhere but in when it was published."""
    live = over(1, "Down", utc(11, 20, 9), 30, "Over.", api="full_outage")
    past = LoadedEvent(replace(live.row, published_at=NOW), live.updates)
    assert html(site(live)) == html(site(past))


def test_own_pictures_colours_links_and_words_are_shown() -> None:
    content = nordwind(
        accent="#8a1c5c", header=Passage(en="We **care**."), footer=Passage(en="[Legal](https://x.example/l)")
    )
    pictures = tuple(
        ImageRow(slot=each, media_type="image/png", content=b"PNG") for each in ("logo", "logo_dark", "favicon")
    )
    shown = files(replace(content, images=pictures))
    text = shown["events/15.html"].body.decode()
    assert '<img src="../logo.png" alt="Nordwind">' in text
    assert 'srcset="../logo_dark.png"' in text
    assert '<link rel="icon" href="../favicon.png">' in text
    assert ":root{--accent:#8a1c5c}" in text
    assert shown["logo.png"] == SiteFile(b"PNG", "image/png")
    assert "We <strong>care</strong>." in shown["index.html"].body.decode()
    assert 'rel="nofollow noopener noreferrer">Legal</a>' in text


def test_what_stands_on_the_clock_is_written_again_and_the_rest_is_not() -> None:
    later = dict(files_of_now(nordwind(), NOW.replace(minute=52)))
    assert set(later) == {
        *("index.html", "events/15.html", "events/14.html", "history/2026-11.html"),
        *("zh/index.html", "zh/events/15.html", "zh/events/14.html", "zh/history/2026-11.html"),
    }
    assert "for 57 min" in words(later["events/15.html"].body.decode())


def test_three_updates_are_shown_and_the_rest_is_one_click_away() -> None:
    told = [said(utc(11, 28, 10, n), "identified", f"Update {n}.", api="full_outage") for n in range(6)]
    shown = html(site(event(1, "Long", *told)))
    assert [n for n in range(6) if f"Update {n}." in shown["index.html"]] == [3, 4, 5]
    assert "3 earlier updates" in words(shown["index.html"])
    assert [n for n in range(6) if f"Update {n}." in shown["events/1.html"]] == [0, 1, 2, 3, 4, 5]


def test_several_incidents_are_counted_and_told_one_by_one() -> None:
    other = event(
        16, "Sign-in is slow", said(utc(11, 28, 14), "investigating", "Looking.", dashboard="degraded_performance")
    )
    text = html(site(OPEN, other))["index.html"]
    assert "2 incidents are open" in words(text)
    assert text.count("<article") == 2


def test_there_are_three_hundred_payloads() -> None:
    assert len(set(CORPUS)) == 300


@pytest.mark.parametrize("part", range(10))
def test_nothing_hostile_survives_in_any_page(part: int) -> None:
    for payload in CORPUS[part * 30 : part * 30 + 30]:
        told = said(utc(11, 28, 10), "identified", payload, api="full_outage")
        closed = said(utc(11, 27, 10), "resolved", payload)
        content = site(
            event(1, payload[:200], told),
            event(2, payload[:200], said(utc(11, 27, 9), "identified", payload, api="full_outage"), closed),
            name=as_name(payload)[:120],
            header=Passage(en=payload),
            footer=Passage(en=payload),
        )
        rows = tuple(replace(each, name=phrase(payload), description=phrase(payload)) for each in content.components)
        hostile = replace(
            content, components=rows, groups=tuple(replace(each, name=phrase(payload)) for each in content.groups)
        )
        for path, text in html(hostile).items():
            page = Page(text)
            assert (payload, path, page.wrong, page.open) == (payload, path, [], [])
