"""What is read for an address."""

import asyncio

from phone.console.form.kind import PEOPLE_EDIT
from phone.console.kinds import kind_of, kinds_for
from phone.console.people.invitations import TABLE
from phone.me import saying
from phone.routes import MINE
from phone.stores import Parts


async def load_place(app: Parts) -> None:
    """Read what stands where the reader is."""
    parts = app.place.route.partition("?")[0].strip("/").split("/")
    if parts == ["incidents", "new"]:
        await app.names.need("services", "people")
    elif parts[0] == "incidents" and len(parts) == 2:
        await app.incident.show(parts[1])
    elif parts[0] in ("alerts", "events"):
        await _load_archive(app, *parts)
    elif parts[0] in ("on-call", "covers"):
        await _load_on_call(app, *parts[1:])
    elif parts[0] == "schedules":
        await _load_schedules(app, *parts[1:])
    elif parts[0] == "me":
        await _load_me(app, parts[1] if len(parts) > 1 else "")
    elif parts[0] == "outbox":
        await app.demo_outbox.load()
    elif parts[0] == "first-run":
        await app.first_run.load()
    elif parts[0] == "configure":
        await _load_console(app, parts[1:])


async def _load_console(app: Parts, parts: list[str]) -> None:
    kind = kind_of(parts[0]) if parts else None
    me = app.session.me
    slugs = [each.slug for each in kinds_for(me)] if me is not None else []
    if parts == ["audit"]:
        await asyncio.gather(app.trail.load(), app.directory.load(["people", *slugs]))
    elif parts == ["coverage"]:
        await asyncio.gather(app.coverage.load(), app.directory.load(slugs))
    elif kind is None:
        await app.directory.load(slugs)
    elif len(parts) == 2 and parts != ["invitations", TABLE]:
        await app.directory.load([kind.slug, *kind.needs])
        await app.editor.show(kind, parts[1])
        await app.beside.show(kind.slug, parts[1])
        if kind.slug == "people":
            may_read = me is not None and PEOPLE_EDIT in me.permissions
            await app.person.show(parts[1], reads_grants=may_read)
    else:
        await app.directory.load([kind.slug, *kind.needs])


async def _load_on_call(app: Parts, request_id: str | None = None) -> None:
    opened = [app.covers.show(request_id)] if request_id is not None else []
    await asyncio.gather(app.rotas.freshen(), app.covers.freshen(), *opened)


async def _load_schedules(app: Parts, ident: str = MINE) -> None:
    app.schedule.my_zone_name = app.look.zone_name
    opened = [app.covers.freshen()] if ident == MINE else [app.schedule.show(ident), app.handover.show(ident)]
    await asyncio.gather(app.rotas.freshen(), *opened)


async def _load_archive(app: Parts, kind: str, ident: str | None = None) -> None:
    archive = app.alerts if kind == "alerts" else app.events
    await asyncio.gather(archive.load(), *([archive.show(ident)] if ident else []))


async def _load_me(app: Parts, part: str) -> None:
    if part != "pair":
        app.safety.leave_pairing()
    if part == "security":
        await app.safety.load()
    elif part == "time-off":
        await app.time_off.load()
    elif part == "pair":
        await app.safety.begin_pairing()
    else:
        now = app.clock.now()
        await app.ways.load(at=saying.three_am(now, now.astimezone(app.look.zone)))
