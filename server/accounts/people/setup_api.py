"""Handler that makes the first administrator."""

from litestar import post
from litestar.params import JSONBody

from server.accounts.access.needs import strangers
from server.accounts.people.setup import enter_as_first_admin
from server.accounts.sign_in.sign_in import origin_of
from server.kernel.http import Given, Handlers, Visit
from shared.wire import routes
from shared.wire.sessions import Setup, Tokens


class FirstAdministrator(Handlers):
    tags = ["sign-in"]

    @post(routes.SETUP, operation_id="makeFirstAdministrator", **strangers())
    async def setup(self, visit: Given[Visit], data: JSONBody[Setup]) -> Tokens:
        device = origin_of(visit.request, visit.settings).device
        return await enter_as_first_admin(visit.db, visit.secrets, data, device=device, now=visit.now)
