"""Make, change and read status pages."""

import re
from datetime import datetime
from typing import Final

from server.accounts.access.actors import Actor
from server.accounts.access.ownership import owned, require_name_free, require_place
from server.accounts.access.permissions import STATUS_PAGES_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.reach.addresses import is_web_address
from server.kernel.database import Database, Writes, living, one_of, select
from server.kernel.errors import Conflict, FieldError, Flaws, NotFound
from server.kernel.ids import new_id
from server.kernel.revisions import expect, revision
from server.kernel.settings import Settings
from server.status_pages.revisions import PAGES, touch_page
from server.tables.status_pages import StatusPage
from shared.domain.status.colours import DARK, LIGHT, READABLE, contrast
from shared.domain.time import is_zone_name
from shared.wire import status_pages as wire

_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
GROUNDS: Final = {"accent": LIGHT, "accent_dark": DARK}


async def list_pages(db: Database, actor: Actor) -> list[wire.StatusPage]:
    return await db.rows(
        wire.StatusPage,
        select(StatusPage)
        .where(StatusPage.archived_at.is_null(), one_of(StatusPage.team_id, actor.visible_ids))
        .order_by(StatusPage.name)
        .order_by(StatusPage.id),
    )


async def visible_page(db: Database, actor: Actor, id: str) -> wire.StatusPage:
    """Raises NotFound for what isn't there or can't be seen."""
    found = await db.row(wire.StatusPage, living(StatusPage, id))
    if found is None:
        raise NotFound
    actor.require_visible(found.team_id)
    return found


async def owned_page(
    db: Database, actor: Actor, id: str, rev: int | None = None, *, permission: str = STATUS_PAGES_EDIT
) -> wire.StatusPage:
    """The page that the actor has the permission for; raises what `allowed` says."""
    return await owned(db, actor, wire.StatusPage, StatusPage, id, rev, permission=permission)


def about(page: wire.StatusPage) -> About:
    return About("status_page", page.id, page.name, page.team_id)


async def save_page(
    db: Database,
    actor: Actor,
    data: wire.StatusPageInput,
    settings: Settings,
    *,
    id: str | None,
    rev: int | None,
    now: datetime,
) -> tuple[Writes, wire.StatusPage]:
    """Make a page, or change the one with this id and rev.

    Raises Invalid naming each wrong field, and Conflict where there may be no more pages of this kind, or another one
    has the name, the slug or the domain.
    """
    before = await owned_page(db, actor, id, rev) if id is not None else None
    values = {name: getattr(data, name) for name in data.__struct_fields__}
    values["domain"] = data.domain.lower().rstrip(".") if data.domain else None
    _check(actor, data, values["domain"], before)
    seen = await revision(db, PAGES)
    await require_name_free(db, actor, StatusPage, data.name, but=id)
    await _require_addresses_free(db, data.slug, values["domain"], but=id)
    if before is None or before.is_public != data.is_public:
        await _require_quota(db, settings, is_public=data.is_public)
    saved = wire.StatusPage(id=id or new_id(now), rev=(rev or 0) + 1, **values)
    writes = Writes()
    expect(writes, PAGES, seen)
    if before is None:
        writes.insert(StatusPage, id=saved.id, created_at=now, rev=1, **values)
    else:
        writes.update(StatusPage, {"id": saved.id, "rev": rev}, rev=saved.rev, **values)
    touch_page(writes, saved.id)
    audit(writes, actor, about(saved), before=before, after=saved, now=now)
    return writes, saved


async def archive_page(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """It isn't shown any more; its slug and domain are free."""
    before = await owned_page(db, actor, id, rev)
    writes = Writes().update(StatusPage, {"id": id, "rev": rev}, archived_at=now, rev=rev + 1)
    touch_page(writes, id)
    audit(writes, actor, about(before), before=before, now=now)
    return writes


def _check(actor: Actor, data: wire.StatusPageInput, domain: str | None, before: wire.StatusPage | None) -> None:
    flaws = Flaws()
    if data.team_id not in actor.visible_ids:
        flaws.add("team_id", "unknown", "there is no such team")
    else:
        require_place(actor, data.team_id, STATUS_PAGES_EDIT, was=before.team_id if before else None)
    if not is_zone_name(data.time_zone):
        message = f"{data.time_zone!r} is not an IANA time zone"
        flaws.add("time_zone", "unknown_time_zone", message, name=data.time_zone)
    if domain is not None and _DOMAIN.fullmatch(domain) is None:
        flaws.add("domain", "not_a_host_name", "must be a host name such as status.example.com")
    for n, link in enumerate(data.links):
        if not is_web_address(link.url):
            flaws.add(f"links[{n}].url", "not_an_address", "must be an http or https address")
        flaws.found += unsaid(f"links[{n}].label", link.label, data.language)
    for name, ground in GROUNDS.items():
        colour = getattr(data, name)
        if colour is not None and (ratio := contrast(colour, ground)) < READABLE:
            message = f"its contrast is {ratio:.1f}:1, and text needs {READABLE}:1"
            flaws.add(name, "low_contrast", message, ratio=round(ratio, 2), needed=READABLE)
    flaws.refuse()


def unsaid(field: str, words: wire.Phrase | wire.Passage, language: str) -> list[FieldError]:
    """What is wrong with words that must be said in the page's language at least."""
    if getattr(words, language).strip():
        return []
    return [FieldError(f"{field}.{language}", "empty", "must say something")]


async def _require_addresses_free(db: Database, slug: str, domain: str | None, *, but: str | None) -> None:
    """All pages count, also of teams that the actor doesn't see: addresses are there for everybody."""
    for other_id, other_slug, other_domain in await db.values(
        "SELECT id, slug, domain FROM status_page WHERE archived_at IS NULL AND (slug = :slug OR domain = :domain)",
        slug=slug,
        domain=domain,
    ):
        if other_id != but and other_slug == slug:
            raise Conflict("another status page has this slug", code="slug_taken")
        if other_id != but and other_domain is not None and other_domain == domain:
            raise Conflict("another status page has this domain", code="domain_taken")


async def _require_quota(db: Database, settings: Settings, *, is_public: bool) -> None:
    most = settings.status_public_pages if is_public else settings.status_internal_pages
    held = await db.value(
        "SELECT COUNT(*) FROM status_page WHERE archived_at IS NULL AND is_public = :public", public=is_public
    )
    if most and held >= most:
        kind = "public" if is_public else "internal"
        raise Conflict(f"there may be {most} {kind} status pages", code="too_many_status_pages")
