"""Every file of a site, of one revision and at one time."""

from collections.abc import Iterator
from datetime import datetime

from server.status_pages.site.badge import badge
from server.status_pages.site.content import SiteContent
from server.status_pages.site.feeds import SiteFeeds
from server.status_pages.site.pages import SiteFile, SitePages, image_paths
from server.status_pages.site.statuspage import StatuspageFiles
from server.status_pages.site.view import SiteView


def all_files(content: SiteContent, now: datetime) -> Iterator[tuple[str, SiteFile]]:
    """Everything, by its path."""
    yield from files_of_now(content, now)
    yield from SitePages(content).of_revision(now)
    yield from SiteFeeds(content, now).files()
    yield from StatuspageFiles(content, now).files()
    yield "badge.svg", SiteFile(badge(SiteView(content, content.page.language, now)), "image/svg+xml")
    for each in content.images:
        yield image_paths(content)[each.slot], SiteFile(each.content, each.media_type)


def files_of_now(content: SiteContent, now: datetime) -> Iterator[tuple[str, SiteFile]]:
    """What says how long ago something was; to be written again each minute."""
    yield from SitePages(content).of_now(now)
