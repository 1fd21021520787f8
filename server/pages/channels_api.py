"""Handlers of the ways out."""

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from server.accounts.access.call import Call, Edit
from server.accounts.access.needs import needs
from server.accounts.access.permissions import PEOPLE_EDIT, READ
from server.delivery.ways_out import WaysOut
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.notices.trial import send_trial, trial_of_channel
from server.pages.channels import list_channels, read_channel, save_channel
from shared.wire import channels as wire
from shared.wire import routes
from shared.wire.lists import Page
from shared.wire.notifications import TestNotification


class Channels(Handlers):
    tags = ["channels"]
    opt = needs(READ)

    @get(routes.CHANNELS, operation_id="listChannels")
    async def every_channel(self, call: Given[Call], ways_out: Given[WaysOut]) -> Page[wire.Channel]:
        return Page(items=await list_channels(call.db, call.actor, ways_out))

    @get(routes.CHANNEL, operation_id="readChannel")
    async def channel(self, call: Given[Call], slug: FromPath[str], ways_out: Given[WaysOut]) -> wire.Channel:
        return await read_channel(call.db, call.actor, ways_out, slug)

    @put(routes.CHANNEL, operation_id="configureChannel", opt=needs(PEOPLE_EDIT, fresh=True))
    async def configure_channel(
        self, edit: Given[Edit], slug: FromPath[str], data: JSONBody[wire.ChannelConfigInput], ways_out: Given[WaysOut]
    ) -> Response[wire.Channel]:
        """If-Match is 0 while nothing was ever configured here."""

        async def decide() -> tuple[Writes, None]:
            return await save_channel(edit.db, edit.actor, ways_out, slug, data, rev=edit.rev, now=edit.now), None

        async def reread() -> wire.Channel:
            await ways_out.refresh()
            return await read_channel(edit.db, edit.actor, ways_out, slug)

        return await edit.once(decide, reread=reread)

    @post(routes.CHANNEL_TEST, operation_id="testChannel", opt=needs(READ, person=True))
    async def test_channel(self, call: Given[Call], slug: FromPath[str]) -> Response[TestNotification]:
        """Sends a test to my own newest address of the channel."""

        async def decide() -> tuple[Writes, TestNotification]:
            return send_trial(call.actor, await trial_of_channel(call.db, call.actor, slug), now=call.now)

        return await call.once(decide, status=201)
