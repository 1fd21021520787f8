"""Handler that makes the first administrator."""

from datetime import datetime

from litestar import post
from litestar.params import JSONBody

from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC
from server.accounts.people.setup import enter_as_first_admin
from server.accounts.sign_in.sign_in import origin_of
from server.kernel.database import Database
from server.kernel.http import AnyRequest, Given, path
from server.kernel.limits.strangers import SMALL_BYTES
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from shared.wire import routes
from shared.wire.sessions import Setup, Tokens


@post(
    path(routes.SETUP),
    operation_id="makeFirstAdministrator",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["sign-in"],
)
async def setup(
    request: AnyRequest,
    data: JSONBody[Setup],
    db: Given[Database],
    secrets: Given[Secrets],
    settings: Given[Settings],
    now: Given[datetime],
) -> Tokens:
    device = origin_of(request, settings).device
    return await enter_as_first_admin(db, secrets, data, device=device, now=now)


HANDLERS = [setup]
