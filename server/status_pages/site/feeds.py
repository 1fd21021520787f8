"""Feeds of a page: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1, and the calendar of its maintenance (RFC 5545).

One entry for each event; readers show it as changed with each update.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

import msgspec
from icalendar import Calendar, Event

from server.status_pages.read import LoadedEvent
from server.status_pages.site.content import SiteContent
from server.status_pages.site.markdown import as_html, as_text
from server.status_pages.site.pages import SiteFile
from server.status_pages.site.words import SiteWords

MOST: Final = 50
KEPT: Final = timedelta(days=90)
ATOM: Final = "http://www.w3.org/2005/Atom"
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no place for."""


class SiteFeeds:
    """Everything that programs subscribe to, in the page's own language."""

    def __init__(self, content: SiteContent, now: datetime) -> None:
        self.content, self.page, self.now = content, content.page, now
        self.words = SiteWords(content.page.language, content.page.time_zone)
        self.title = self.words("title", name=content.page.name)
        self.events = [each for each in content.events if now - self._changed(each) < KEPT][:MOST]

    def files(self) -> Iterator[tuple[str, SiteFile]]:
        rss, atom = self._rss(), self._atom()
        for path in ("history.rss", "feed.rss"):
            yield path, SiteFile(rss, "application/rss+xml; charset=utf-8")
        for path in ("history.atom", "feed.atom"):
            yield path, SiteFile(atom, "application/atom+xml; charset=utf-8")
        yield "feed.json", SiteFile(self._json(), "application/feed+json; charset=utf-8")
        yield "maintenance.ics", SiteFile(self._calendar(), "text/calendar; charset=utf-8")

    def _changed(self, event: LoadedEvent) -> datetime:
        said = [max(each.at, each.edited_at or each.at) for each in event.updates]
        return max([*said, event.row.published_at or event.row.began_at])

    def _updated(self) -> datetime:
        return max((self._changed(each) for each in self.content.events), default=self.now)

    def _link(self, event: LoadedEvent) -> str:
        return f"{self.content.address}events/{event.row.number}.html"

    def _id(self, event: LoadedEvent) -> str:
        """A tag URI (RFC 4151), which stays when the page moves."""
        return f"tag:dogwatch,2026:{self.page.slug}/events/{event.row.number}"

    def _title(self, event: LoadedEvent) -> str:
        return event.row.title.said(self.page.language, self.page.language)

    def _body(self, event: LoadedEvent) -> str:
        """Every update, the newest first."""
        parts: list[str] = []
        for each in reversed(event.updates):
            heading = f"{self.words(f'status.{each.status}')} · {self.words.moment_in_zone(each.at)}"
            parts.append(f"<p><strong>{heading}</strong></p>{as_html(each.body.said(self.page.language, 'en'))}")
        return "".join(parts)

    def _rss(self) -> bytes:
        ET.register_namespace("atom", ATOM)
        rss = ET.Element("rss", {"version": "2.0"})
        channel = ET.SubElement(rss, "channel")
        _add(channel, "title", self.title)
        _add(channel, "link", self.content.address)
        _add(channel, "description", self.title)
        _add(channel, "lastBuildDate", format_datetime(self._updated(), usegmt=True))
        ET.SubElement(
            channel,
            f"{{{ATOM}}}link",
            {"href": f"{self.content.address}history.rss", "rel": "self", "type": "application/rss+xml"},
        )
        for each in self.events:
            item = ET.SubElement(channel, "item")
            _add(item, "title", self._title(each))
            _add(item, "link", self._link(each))
            _add(item, "guid", self._id(each), isPermaLink="false")
            _add(item, "pubDate", format_datetime(self._changed(each), usegmt=True))
            _add(item, "description", self._body(each))
        return _xml(rss)

    def _atom(self) -> bytes:
        ET.register_namespace("", ATOM)
        feed = ET.Element(f"{{{ATOM}}}feed")
        _atom(feed, "id", self.content.address)
        _atom(feed, "title", self.title)
        _atom(feed, "updated", _iso(self._updated()))
        _atom(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", self.page.name)
        _atom(feed, "link", "", rel="self", type="application/atom+xml", href=f"{self.content.address}history.atom")
        _atom(feed, "link", "", rel="alternate", type="text/html", href=self.content.address)
        for each in self.events:
            entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
            _atom(entry, "id", self._id(each))
            _atom(entry, "title", self._title(each))
            _atom(entry, "published", _iso(each.row.began_at))
            _atom(entry, "updated", _iso(self._changed(each)))
            _atom(entry, "link", "", rel="alternate", type="text/html", href=self._link(each))
            _atom(entry, "content", self._body(each), type="html")
        return _xml(feed)

    def _json(self) -> bytes:
        items = [
            {
                "id": self._id(each),
                "url": self._link(each),
                "title": self._title(each),
                "content_html": self._body(each),
                "date_published": _iso(each.row.began_at),
                "date_modified": _iso(self._changed(each)),
            }
            for each in self.events
        ]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": self.content.address,
            "feed_url": f"{self.content.address}feed.json",
            "language": self.words.locale,
            "items": items,
        }
        return msgspec.json.encode(feed)

    def _calendar(self) -> bytes:
        """What is planned, runs, or ended lately."""
        calendar = Calendar()
        _put(calendar, "prodid", "-//Dogwatch//status//EN")
        _put(calendar, "version", "2.0")
        _put(calendar, "x-wr-calname", self.title)
        for each in self.content.events:
            row = each.row
            if row.kind != "maintenance" or row.starts_at is None or row.ends_at is None:
                continue
            if self.now - row.ends_at > KEPT:
                continue
            event = Event()
            _put(event, "uid", f"{self.page.slug}-{row.number}@dogwatch")
            _put(event, "dtstamp", self._changed(each))
            _put(event, "dtstart", row.starts_at)
            _put(event, "dtend", row.ends_at)
            _put(event, "summary", f"{self.page.name}: {self._title(each)}")
            _put(event, "description", as_text(each.updates[-1].body.said(self.page.language, "en")))
            _put(event, "url", self._link(each))
            _put(event, "sequence", row.rev)
            calendar.add_component(event)
        return calendar.to_ical()


def _put(component: Any, name: str, value: Any) -> None:
    component.add(name, value)


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _UNFIT.sub("", text)


def _atom(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = _UNFIT.sub("", text) or None


def _xml(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8", xml_declaration=False)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
