"""Handlers of buttons outside the app, and of receipts."""

from datetime import datetime

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from server.accounts.access.needs import needs
from server.accounts.access.permissions import PUBLIC
from server.answers.act import act, read_token
from server.answers.owner import owner_of
from server.answers.receipts import take_receipts
from server.kernel.database import Database
from server.kernel.errors import Conflict, Stale
from server.kernel.http import TRIES, Given, json_response, path
from server.kernel.idempotency import find_replay, keep_answer, request_hash
from server.kernel.limits.strangers import BATCH_BYTES, SMALL_BYTES
from server.kernel.secrets import Secrets
from shared.wire import routes
from shared.wire.actions import Action, ActionResult
from shared.wire.notifications import ReceiptsInput, ReceiptsResult


@post(
    path(routes.ACTIONS),
    operation_id="useAction",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=SMALL_BYTES,
    tags=["actions"],
)
async def use_action(
    data: JSONBody[Action],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> Response[ActionResult]:
    """Each verb works once; the same verb again gets the first answer, as long as the button is still its owner's."""
    bound = read_token(secrets, data.token, now)
    actor = await owner_of(db, bound.notification_id, now=now)
    once = {"actor": f"notification:{bound.notification_id}", "key": data.verb}
    request = request_hash("POST", routes.ACTIONS, data.verb.encode())
    for _ in range(TRIES):
        first = await find_replay(db, request=request, now=now, **once)
        if first is not None:
            return json_response(first.body, first.status)
        writes, result = await act(db, bound, data, actor=actor, now=now)
        body = msgspec.json.encode(result)
        keep_answer(writes, request=request, status=200, body=body, now=now, **once)
        try:
            await db.apply(writes)
        except Stale:
            continue
        return json_response(body, 200)
    raise Conflict("it kept changing meanwhile; try again", code="contended")


@post(
    path(routes.RECEIPTS),
    operation_id="sendReceipts",
    opt=needs(PUBLIC),
    status_code=200,
    request_max_body_size=BATCH_BYTES,
    tags=["actions"],
)
async def send_receipts(
    data: JSONBody[ReceiptsInput],
    db: Given[Database],
    secrets: Given[Secrets],
    now: Given[datetime],
) -> ReceiptsResult:
    """Any order, any number of times: the earliest time of each state stays."""
    for _ in range(TRIES):
        writes, result = await take_receipts(db, secrets, data, now=now)
        try:
            await db.apply(writes)
        except Stale:
            continue
        return result
    raise Conflict("it kept changing meanwhile; try again", code="contended")


HANDLERS = [use_action, send_receipts]
