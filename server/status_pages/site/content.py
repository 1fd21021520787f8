"""Everything that a public page shows, read at once."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from server.kernel.database import Database, living
from server.kernel.revisions import revisions
from server.status_pages.components import ComponentRow, GroupRow, load_components, load_groups
from server.status_pages.images import ImageRow, load_images
from server.status_pages.read import LoadedEvent, load_published
from server.status_pages.revisions import page_revision
from server.tables.status_pages import StatusPage
from shared.domain.status.events import ImpactSpan, impact_spans
from shared.wire import status_pages as wire


class SiteContent(Struct, frozen=True, kw_only=True):
    """A page as of one revision; events that began last come first."""

    page: wire.StatusPage
    groups: tuple[GroupRow, ...]
    components: tuple[ComponentRow, ...]
    events: tuple[LoadedEvent, ...]
    images: tuple[ImageRow, ...]
    address: str
    """Where it is on the web, with a slash at its end."""

    @property
    def living(self) -> list[ComponentRow]:
        return [each for each in self.components if each.removed_at is None]

    @property
    def spans(self) -> list[ImpactSpan]:
        return [span for each in self.events for span in impact_spans(each.event)]


async def public_pages(db: Database) -> dict[str, int]:
    """The revision of each public page, by its id."""
    ids = [id for (id,) in await db.values("SELECT id FROM status_page WHERE archived_at IS NULL AND is_public")]
    found = await revisions(db, [page_revision(id) for id in ids])
    return {id: found[page_revision(id)] for id in ids}


class InternalPage(Struct, frozen=True, kw_only=True):
    """What must be known of an internal page before anybody has shown who they are."""

    id: str
    slug: str
    domain: str | None
    team_id: str


async def internal_pages(db: Database) -> list[InternalPage]:
    return await db.rows(
        InternalPage, "SELECT <fields> FROM status_page WHERE archived_at IS NULL AND NOT is_public ORDER BY id"
    )


async def load_shell(db: Database, page_id: str, *, root: str) -> SiteContent | None:
    """A public page without what was published on it: its looks and components; None when there is none."""
    page = await db.row(wire.StatusPage, living(StatusPage, page_id))
    if page is None or not page.is_public:
        return None
    return SiteContent(
        page=page,
        groups=tuple(await load_groups(db, page_id)),
        components=tuple(await load_components(db, page_id)),
        events=(),
        images=tuple(await load_images(db, page_id)),
        address=address_of(page, root),
    )


def with_events(shell: SiteContent, events: Sequence[LoadedEvent]) -> SiteContent:
    return msgspec.structs.replace(shell, events=tuple(events))


def address_of(page: wire.StatusPage, root: str) -> str:
    return f"https://{page.domain}/" if page.domain else f"{root}/{page.slug}/"


async def load_content(db: Database, page_id: str, *, root: str, is_public: bool = True) -> SiteContent | None:
    """None when there is no such page any more; `root` is where pages without a domain of their own are."""
    page = await db.row(wire.StatusPage, living(StatusPage, page_id))
    if page is None or page.is_public != is_public:
        return None
    return SiteContent(
        page=page,
        groups=tuple(await load_groups(db, page_id)),
        components=tuple(await load_components(db, page_id)),
        events=tuple(await load_published(db, page_id)),
        images=tuple(await load_images(db, page_id)),
        address=address_of(page, root),
    )
