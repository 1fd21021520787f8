"""The handler of test pages."""

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.call import Call
from server.accounts.access.needs import needs
from server.accounts.access.permissions import INCIDENTS_ACT
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers
from server.paging_health.trial_page import KeptTrial, open_trial, read_trial
from shared.wire import routes
from shared.wire.notifications import TestPage, TestPageInput


class TrialPages(Handlers):
    tags = ["me"]
    opt = needs(INCIDENTS_ACT)

    @post(routes.MY_TEST_PAGE, operation_id="sendMeATestPage")
    async def send_me_a_test_page(self, call: Given[Call], data: JSONBody[TestPageInput]) -> Response[TestPage]:
        """A real page on the whole way from incident to device; acknowledge it like any other."""

        async def decide() -> tuple[Writes, KeptTrial]:
            return await open_trial(call.db, call.actor, data, now=call.now)

        async def reveal(body: bytes) -> TestPage:
            return await read_trial(call.db, msgspec.json.decode(body, type=KeptTrial))

        return await call.once(decide, status=201, reveal=reveal)
