"""A page's own pictures: raster files alone, told by how they begin, since drawings can hold scripts."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.audit.trail import audit
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid, NotFound
from server.status_pages.pages import about, owned_page
from server.status_pages.revisions import touch_page
from server.tables.status_pages import StatusImage
from shared.wire import status_pages as wire

BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)
SLOTS: Final[tuple[wire.ImageSlot, ...]] = ("logo", "logo_dark", "favicon")


class ImageRow(Struct, frozen=True, kw_only=True):
    slot: wire.ImageSlot
    media_type: str
    content: bytes


class _Picture(Struct, frozen=True):
    """What the trail keeps of it."""

    slot: str
    media_type: str
    bytes: int


async def load_images(db: Database, page_id: str) -> list[ImageRow]:
    return await db.rows(
        ImageRow, "SELECT <fields> FROM status_image WHERE page_id = :page ORDER BY slot", page=page_id
    )


def media_type_of(content: bytes) -> str | None:
    """None for what is none of the kinds that we show."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begins, kind in BEGINNINGS if content.startswith(begins)), None)


async def save_image(
    db: Database, actor: Actor, page_id: str, slot: str, data: wire.ImageInput, *, now: datetime
) -> Writes:
    page, before = await _slot(db, actor, page_id, slot)
    kind = media_type_of(data.content)
    if kind is None:
        raise Invalid.one("content", "not_a_picture", "must be a PNG, JPEG, WebP or ICO file")
    writes = Writes().sql("DELETE FROM status_image WHERE page_id = :page AND slot = :slot", page=page_id, slot=slot)
    writes.insert(
        StatusImage, id=f"{page_id} {slot}", page_id=page_id, slot=slot, media_type=kind, content=data.content
    )
    touch_page(writes, page_id)
    after = _Picture(slot, kind, len(data.content))
    audit(writes, actor, about(page), before=_kept_picture(before), after=after, verb="changed", now=now)
    return writes


async def remove_image(db: Database, actor: Actor, page_id: str, slot: str, *, now: datetime) -> Writes:
    page, before = await _slot(db, actor, page_id, slot)
    if before is None:
        raise NotFound
    writes = Writes().sql("DELETE FROM status_image WHERE page_id = :page AND slot = :slot", page=page_id, slot=slot)
    touch_page(writes, page_id)
    audit(writes, actor, about(page), before=_kept_picture(before), verb="changed", now=now)
    return writes


async def _slot(db: Database, actor: Actor, page_id: str, slot: str) -> tuple[wire.StatusPage, ImageRow | None]:
    page = await owned_page(db, actor, page_id)
    if slot not in SLOTS:
        raise NotFound
    images = await load_images(db, page_id)
    return page, next((each for each in images if each.slot == slot), None)


def _kept_picture(row: ImageRow | None) -> _Picture | None:
    return None if row is None else _Picture(row.slot, row.media_type, len(row.content))
