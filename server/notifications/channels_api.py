"""Handlers of the ways out."""

from datetime import datetime

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.delivery.ways_out import WaysOut
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.notices.trial import send_trial, trial_of_channel
from server.notifications.channels import list_channels, read_channel, save_channel
from shared.wire import channels as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.notifications import TestNotification

TAGS = ["channels"]


@get(path(routes.CHANNELS), operation_id="listChannels", opt=needs(READ), tags=TAGS)
async def every_channel(actor: Given[Actor], db: Given[Database], ways_out: Given[WaysOut]) -> Page[wire.Channel]:
    return Page(items=await list_channels(db, actor, ways_out))


@get(path(routes.CHANNEL), operation_id="readChannel", opt=needs(READ), tags=TAGS)
async def channel(
    slug: FromPath[str], actor: Given[Actor], db: Given[Database], ways_out: Given[WaysOut]
) -> wire.Channel:
    return await read_channel(db, actor, ways_out, slug)


@put(path(routes.CHANNEL), operation_id="configureChannel", opt=needs(PEOPLE_EDIT, fresh=True), tags=TAGS)
async def configure_channel(
    slug: FromPath[str],
    data: JSONBody[wire.ChannelConfigInput],
    actor: Given[Actor],
    db: Given[Database],
    ways_out: Given[WaysOut],
    now: Given[datetime],
    rev: Given[int],
    once: Given[Once],
) -> Response[wire.Channel]:
    """If-Match is 0 while nothing was ever configured here."""

    async def decide() -> tuple[Writes, None]:
        return await save_channel(db, actor, ways_out, slug, data, rev=rev, now=now), None

    async def reread() -> wire.Channel:
        await ways_out.refresh()
        return await read_channel(db, actor, ways_out, slug)

    return await once.carry_out(decide, reread=reread)


@post(path(routes.CHANNEL_TEST), operation_id="testChannel", opt=needs(READ, person=True), tags=TAGS)
async def test_channel(
    slug: FromPath[str], actor: Given[Actor], db: Given[Database], now: Given[datetime], once: Given[Once]
) -> Response[TestNotification]:
    """Sends a test to my own newest address of the channel."""

    async def decide() -> tuple[Writes, TestNotification]:
        return send_trial(actor, await trial_of_channel(db, actor, slug), now=now)

    return await once.carry_out(decide, status=201)


HANDLERS = [every_channel, channel, configure_channel, test_channel]
