"""Keep the sites of public pages as they should be: written when something changes, and once a minute for the time."""

import asyncio
import contextlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog

from server.kernel.clock import Clock
from server.kernel.database import DRIVER_ERRORS, Database
from server.kernel.revisions import revision
from server.kernel.settings import Settings
from server.status_pages.revisions import PAGES
from server.status_pages.site.content import SiteContent, internal_pages, load_content, public_pages
from server.status_pages.site.copies import REST_S, Copies, Site, target_of
from server.status_pages.site.files import (
    OnlyWriter,
    SiteEntry,
    keep_only,
    remove_site,
    write_entries,
    write_file,
)
from server.status_pages.site.pages import SiteFile
from server.status_pages.site.render import all_files, files_of_now
from server.status_pages.site.serve import SiteServer
from shared.wire import routes

log = structlog.get_logger()
LOOK_S: Final = 1.0
AGAIN: Final = timedelta(minutes=1)


@dataclass
class _Written:
    """A site as this process wrote it: what it shows, at which revision, and a digest of each file."""

    content: SiteContent
    rev: int
    digests: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def entry(self) -> SiteEntry:
        stamp = sha256(b"".join(self.digests[path] for path in sorted(self.digests))).hexdigest()[:16]
        page = self.content.page
        return SiteEntry(page_id=page.id, slug=page.slug, domain=page.domain, language=page.language, stamp=stamp)


@contextlib.contextmanager
def _costing_itself(page_id: str) -> Generator[None]:
    """A page that can't be drawn keeps no other from being written; it stays as it was."""
    try:
        yield
    except (*DRIVER_ERRORS, OSError):
        raise
    except Exception:
        log.exception("status_pages.page_not_written", page_id=page_id)


class SiteKeeper:
    """One process of each machine writes; all of them serve what is written.

    Without a database nothing is written, so that pages say as of when they are.
    """

    def __init__(self, db: Database, clock: Clock, settings: Settings, server: SiteServer) -> None:
        self.db, self.clock, self.server = db, clock, server
        self.folder = settings.status_path
        target = target_of(settings.status_publish_to)
        self._copies = Copies(target) if target is not None else None
        self.root = f"{settings.api_url}{routes.STATUS_SITES}"
        self._writer = OnlyWriter(self.folder)
        self._sites: dict[str, _Written] = {}
        self._seen: int | None = None
        self._internal_seen: int | None = None
        self._written_at: datetime | None = None

    async def run(self) -> None:
        """Until cancelled; what is copied waits for nobody, nor does anything wait for it."""
        copying = asyncio.create_task(self._keep_copying())
        is_lost = False
        try:
            while True:
                try:
                    await self.refresh()
                    is_lost = False
                except (*DRIVER_ERRORS, OSError) as error:
                    if not is_lost:
                        log.warning("status_pages.not_refreshed", error=str(error))
                    is_lost = True
                except Exception:
                    log.exception("status_pages.not_refreshed")
                await asyncio.sleep(LOOK_S)
        finally:
            copying.cancel()
            self._writer.close()

    async def _keep_copying(self) -> None:
        while True:
            is_copied = await self.copy()
            await asyncio.sleep(LOOK_S if is_copied else REST_S)

    async def refresh(self) -> None:
        """Write what has changed, if writing is ours, and serve what is there."""
        seen = await revision(self.db, PAGES)
        if seen != self._internal_seen:
            self.server.now_internal(await internal_pages(self.db))
            self._internal_seen = seen
        if (seen or self.folder.exists()) and self._writer.is_us():
            now = self.clock.now()
            is_changed = seen != self._seen
            if is_changed:
                await self._write_changed(now)
                self._seen = seen
            if is_changed or self._written_at is None or now - self._written_at >= AGAIN:
                await self._write_times(now)
                self._written_at = now
        self.server.look()

    async def _write_changed(self, now: datetime) -> None:
        wanted = await public_pages(self.db)
        for page_id in self._sites.keys() - wanted.keys():
            self._forget(self._sites.pop(page_id).content)
        for page_id, rev in wanted.items():
            before = self._sites.get(page_id)
            if before is not None and before.rev == rev:
                continue
            with _costing_itself(page_id):
                await self._write_page(page_id, rev, before, now)
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in self._sites:
                remove_site(folder)

    async def _write_page(self, page_id: str, rev: int, before: _Written | None, now: datetime) -> None:
        content = await load_content(self.db, page_id, root=self.root)
        if content is None:
            return
        if before is not None and before.content.page.slug != content.page.slug:
            self._forget(before.content)
            before = None
        written = _Written(content, rev, dict(before.digests) if before else {})
        await self._write(written, all_files(content, now), is_whole=True)
        self._sites[page_id] = written

    async def _write_times(self, now: datetime) -> None:
        for site in self._sites.values():
            with _costing_itself(site.content.page.id):
                await self._write(site, files_of_now(site.content, now), is_whole=False)
        await asyncio.to_thread(write_entries, self.folder, [each.entry for each in self._sites.values()])

    async def _write(self, site: _Written, files: Iterable[tuple[str, SiteFile]], *, is_whole: bool) -> None:
        """Off the event loop; `is_whole`: what isn't among the files goes."""
        made = await asyncio.to_thread(list, files)
        if is_whole:
            paths = {path for path, _ in made}
            site.digests = {path: digest for path, digest in site.digests.items() if path in paths}
            await asyncio.to_thread(keep_only, self._folder(site.content), paths)
        for path, file in made:
            digest = sha256(file.body).digest()
            if site.digests.get(path) != digest:
                await asyncio.to_thread(write_file, self._folder(site.content) / path, file.body)
                site.digests[path] = digest

    async def copy(self) -> bool:
        """Bring what is written to where another machine shows it; False where that failed."""
        if self._copies is None or self._seen is None:
            return True
        sites = [
            Site(each.content.page.slug, self._folder(each.content), dict(each.digests))
            for each in self._sites.values()
        ]
        return await self._copies.run(sites)

    def _folder(self, content: SiteContent) -> Path:
        return self.folder / content.page.id

    def _forget(self, content: SiteContent) -> None:
        remove_site(self._folder(content))
