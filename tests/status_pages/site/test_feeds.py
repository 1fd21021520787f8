"""Feeds: read by parsers, one entry an event, moving with each update; nothing hostile in them."""

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from server.status_pages.site.content import SiteContent
from server.status_pages.site.feeds import ATOM, SiteFeeds
from shared.domain.visible import as_name
from tests.kit.nordwind_status import NOW, OPEN, event, nordwind, said, site, utc
from tests.status_pages.site.hostile import CORPUS, Page


def feeds(content: SiteContent) -> dict[str, bytes]:
    return {path: file.body for path, file in SiteFeeds(content, NOW).files()}


def test_rss_has_an_item_for_each_event_with_its_own_id() -> None:
    channel = ET.fromstring(feeds(nordwind())["history.rss"]).find("channel")
    assert channel is not None
    items = channel.findall("item")
    assert len(items) == 15
    assert items[0].findtext("title") == "Some card payments in Europe are failing"
    assert items[0].findtext("link") == "https://status.nordwind.example/events/15.html"
    assert parsedate_to_datetime(items[0].findtext("pubDate") or "") == OPEN.updates[-1].at
    guids = [each.find("guid") for each in items]
    assert len({each.text for each in guids if each is not None}) == 15
    assert all(each is not None and each.get("isPermaLink") == "false" for each in guids)


def test_atom_moves_with_each_update_and_names_itself() -> None:
    feed = ET.fromstring(feeds(nordwind())["history.atom"])
    names = {"a": ATOM}
    assert feed.findtext("a:updated", namespaces=names) == "2026-11-28T14:36:00Z"
    assert feed.find("a:link[@rel='self']", names) is not None
    entry = feed.find("a:entry", names)
    assert entry is not None
    assert entry.findtext("a:published", namespaces=names) == "2026-11-28T13:55:00Z"
    content = entry.find("a:content", names)
    assert content is not None
    assert content.get("type") == "html"
    assert (content.text or "").startswith("<p><strong>Identified · Sat 28 Nov, 15:36 CET</strong></p>")


def test_both_old_names_of_the_feeds_are_there_and_json_says_the_same() -> None:
    made = feeds(nordwind())
    assert made["feed.rss"] == made["history.rss"]
    assert made["feed.atom"] == made["history.atom"]
    feed = json.loads(made["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [each["title"] for each in feed["items"]][:2] == [
        "Some card payments in Europe are failing",
        "Database upgrade, Reports",
    ]


def test_the_calendar_has_maintenance_only() -> None:
    calendar = Calendar.from_ical(feeds(nordwind())["maintenance.ics"])
    events: list[Any] = calendar.walk("VEVENT")
    assert str(events[0]["summary"]) == "Nordwind: Database upgrade, Reports"
    assert len(events) == 4
    assert events[0]["dtstart"].dt == utc(12, 2, 4)
    assert events[0]["dtend"].dt == utc(12, 2, 5, 30)


def test_feeds_hold_fifty_events_of_ninety_days() -> None:
    old = event(1, "Old", said(NOW - timedelta(days=91), "identified", "Old.", api="full_outage"))
    many = [event(n, f"No {n}", said(utc(11, 27, 10), "identified", "x")) for n in range(2, 60)]
    items = json.loads(feeds(site(old, *many))["feed.json"])["items"]
    assert len(items) == 50
    assert "Old" not in {each["title"] for each in items}


@pytest.mark.parametrize("part", range(3))
def test_nothing_hostile_survives_in_any_feed(part: int) -> None:
    for payload in CORPUS[part * 100 : part * 100 + 100]:
        hours = {"starts_at": utc(12, 2, 4), "ends_at": utc(12, 2, 5)}
        planned = event(2, payload, said(utc(11, 27, 9), "scheduled", payload), kind="maintenance", **hours)
        open_one = event(1, payload, said(utc(11, 28, 10), "identified", payload))
        made = feeds(site(open_one, planned, name=as_name(payload)))
        rss = ET.fromstring(made["history.rss"])
        bodies = [each.text or "" for each in rss.iter("description")][1:]
        bodies += [each.text or "" for each in ET.fromstring(made["history.atom"]).iter(f"{{{ATOM}}}content")]
        bodies += [each["content_html"] for each in json.loads(made["feed.json"])["items"]]
        assert len(bodies) == 6
        for body in bodies:
            page = Page(body)
            assert (payload, page.wrong, page.open) == (payload, [], [])
        events = Calendar.from_ical(made["maintenance.ics"]).walk("VEVENT")
        assert [str(each["url"]) for each in events] == ["https://status.nordwind.example/events/2.html"]
