"""What is read for an address, where that is more than one store."""

import asyncio
from typing import Any

from phone.alerts.store import Archive
from phone.base.addresses import MINE
from phone.console.form.editor import NEW
from phone.console.form.kind import PEOPLE_EDIT
from phone.console.kinds import KINDS, kinds_for
from phone.incidents.detail.all_alerts import of_incident
from phone.me import saying
from phone.route import At
from phone.stores import Stores


async def preselected(app: Stores, here: At) -> None:
    """What stands beside a list of which nothing was picked, where it is open already."""
    if app.look.is_split and here.route.first is not None and app.incident.id is not None:
        await app.incident.load()


async def archived(archive: Archive[Any, Any], ident: str) -> None:
    """One alert or event, and the list beside it."""
    await asyncio.gather(archive.load(), archive.show(ident))


async def alerts_of(app: Stores, here: At) -> None:
    """Every alert of one incident, and what they have in common."""
    incident_id = here.params["incident_id"]
    of_incident(app.incident_alerts, incident_id)
    await asyncio.gather(app.incident.show(incident_id), app.incident_alerts.load())


async def on_call(app: Stores, request_id: str | None = None) -> None:
    """Schedules and requests for cover; one of them that is open."""
    opened = [app.covers.show(request_id)] if request_id is not None else []
    await asyncio.gather(app.rotas.freshen(), app.covers.freshen(), *opened)


async def schedule(app: Stores, ident: str) -> None:
    """One schedule with its remarks, or my own shifts."""
    app.schedule.my_zone_name = app.look.zone_name
    opened = [app.covers.freshen()] if ident == MINE else [app.schedule.show(ident), app.handover.show(ident)]
    await asyncio.gather(app.rotas.freshen(), *opened)


async def lanes(app: Stores) -> None:
    """The schedules of all teams; what is asked about one of them stays open while they are read anew."""
    app.schedule.my_zone_name = app.lanes.my_zone_name = app.look.zone_name
    await app.rotas.freshen()


async def ways(app: Stores, _here: At) -> None:
    """How the reader is reached, as it will be at three in the night."""
    now = app.clock.now()
    await app.ways.load(at=saying.three_am(now, now.astimezone(app.look.zone)))


async def kinds(app: Stores) -> None:
    """Every list of the Console that the reader sees, and the proof, whose gaps its index tells."""
    await asyncio.gather(app.directory.load(_shown(app)), app.coverage.once())


async def audit(app: Stores, _here: At) -> None:
    """The trail, and the names of what it tells of."""
    await asyncio.gather(app.trail.load(), app.directory.load(["people", *_shown(app)]))


async def coverage(app: Stores, _here: At) -> None:
    """The proof, and the lists of what may be missing."""
    await asyncio.gather(app.coverage.load(), app.directory.load(_shown(app)))


async def dead_letters(app: Stores) -> None:
    """What was given up, and the lists beside it."""
    await asyncio.gather(app.dead_letters.load(), app.directory.load(_shown(app)))


async def objects(app: Stores, slug: str) -> None:
    """A kind's objects, and the lists of what they name."""
    kind = KINDS[slug]
    await app.directory.load([kind.slug, *kind.needs])


async def object_of(app: Stores, slug: str, ident: str) -> None:
    """One object in its form, and what stands beside it."""
    kind, me = KINDS[slug], app.session.me
    await objects(app, slug)
    await app.editor.show(kind, ident)
    await app.beside.show(slug, ident)
    if slug == "integrations" and ident != NEW:
        await app.rules.show(ident)
    if slug == "people":
        await app.person.show(ident, reads_grants=me is not None and PEOPLE_EDIT in me.permissions)


def _shown(app: Stores) -> list[str]:
    return [each.slug for each in kinds_for(app.session.me)] if app.session.me is not None else []
