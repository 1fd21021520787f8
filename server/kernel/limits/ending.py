"""What a request is told that the end of its process cuts off: whether it was done isn't known, so send it again."""

import asyncio
from typing import Any

import msgspec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel.errors import Unavailable
from server.kernel.http import PROBLEM, problem_of

RETRY_AFTER_S = 1
CUT_OFF = Unavailable("the server is ending; send it again", code="ending")


def refused_when_cut_off(app: ASGIApp) -> ASGIApp:
    """The application; who was told nothing yet when the server cancels a request gets 503 instead of its 500."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def answer(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await app(scope, receive, answer)
        except asyncio.CancelledError:
            if is_begun or scope["type"] != "http":
                raise
            await _refuse(send)

    return serve


async def _refuse(send: Send) -> None:
    body = msgspec.json.encode(problem_of(CUT_OFF))
    headers = {
        "content-type": PROBLEM,
        "content-length": str(len(body)),
        "retry-after": str(RETRY_AFTER_S),
        "connection": "close",
    }
    start: Any = {
        "type": "http.response.start",
        "status": CUT_OFF.status,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(start)
    await send(end)
