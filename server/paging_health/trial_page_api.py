"""The handler of test pages."""

from datetime import datetime

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.actors import Actor
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT
from server.kernel.database import Database, Writes
from server.kernel.http import Given, Once, path
from server.paging_health.trial_page import Kept, open_trial, read_trial
from shared.wire import routes
from shared.wire.notifications import TestPage, TestPageInput


@post(path(routes.MY_TEST_PAGE), operation_id="sendMeATestPage", opt=needs(INCIDENTS_ACT), tags=["me"])
async def send_me_a_test_page(
    data: JSONBody[TestPageInput],
    actor: Given[Actor],
    db: Given[Database],
    now: Given[datetime],
    once: Given[Once],
) -> Response[TestPage]:
    """A real page on the whole way from incident to device; acknowledge it like any other."""

    async def decide() -> tuple[Writes, Kept]:
        return await open_trial(db, actor, data, now=now)

    async def reveal(body: bytes) -> TestPage:
        return await read_trial(db, msgspec.json.decode(body, type=Kept))

    return await once.carry_out(decide, status=201, reveal=reveal)


HANDLERS = [send_me_a_test_page]
