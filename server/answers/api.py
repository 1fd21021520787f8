"""Handlers of buttons outside the app, and of receipts."""

from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.needs import strangers
from server.answers.act import act, read_token
from server.answers.owner import owner_of
from server.answers.receipts import take_receipts
from server.kernel.database import Writes
from server.kernel.http import Given, Handlers, Once, Visit, committed
from server.kernel.idempotency import request_hash
from server.kernel.limits.strangers import BATCH_BYTES
from shared.wire import routes
from shared.wire.actions import Action, ActionResult
from shared.wire.notifications import ReceiptsInput, ReceiptsResult


class Answers(Handlers):
    tags = ["actions"]

    @post(routes.ACTIONS, operation_id="useAction", **strangers())
    async def use_action(self, visit: Given[Visit], data: JSONBody[Action]) -> Response[ActionResult]:
        """Each verb works once; again it gets the first answer, as long as the button is still its owner's."""
        bound = read_token(visit.secrets, data.token, visit.now)
        actor = await owner_of(visit.db, bound.notification_id, now=visit.now)
        once = Once(visit.db, visit.request, f"notification:{bound.notification_id}", visit.now)

        async def decide() -> tuple[Writes, ActionResult]:
            return await act(visit.db, bound, data, actor=actor, now=visit.now)

        return await once.carry_out_as(data.verb, request_hash("POST", routes.ACTIONS, data.verb.encode()), decide)

    @post(routes.RECEIPTS, operation_id="sendReceipts", **strangers(reads_bytes=BATCH_BYTES))
    async def send_receipts(self, visit: Given[Visit], data: JSONBody[ReceiptsInput]) -> ReceiptsResult:
        """Any order, any number of times: the earliest time of each state stays."""
        return await committed(visit.db, lambda: take_receipts(visit.db, visit.secrets, data, now=visit.now))
