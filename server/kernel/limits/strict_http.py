"""HTTP/1.1 that costs a stranger something: uvicorn's protocol with limits on heads, bodies, time and places."""

import asyncio
from typing import Any, Final

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request, Response

from server.kernel.limits.answers import ALWAYS, RAW, UNLESS_SAID
from server.kernel.limits.places import LOOSE, Phase, Place, Places

HEAD_BYTES, URL_BYTES = 32 * 1024, 16 * 1024
HEADERS = 100
PIPELINED = 16
DISCARDED_BYTES = 1024 * 1024
FEW_CHUNKS, CHUNK_BYTES = 1_024, 16
"""A body in more than this many chunks has at least so many bytes in each, or it is no body but an attack."""
PLACE: Final = "dogwatch.place"
REFUSALS: Final[dict[str, tuple[int, str]]] = {
    "malformed": (400, "this is not HTTP"),
    "tiny_chunks": (400, "the body comes in far too many chunks"),
    "head_timeout": (408, "the request's head took too long"),
    "body_timeout": (408, "the request's body took too long"),
    "url_too_long": (414, f"at most {URL_BYTES} bytes of address"),
    "pipelined": (429, "too many requests at once on one connection"),
    "head_too_large": (431, f"at most {HEAD_BYTES} bytes of head"),
    "too_many_headers": (431, f"at most {HEADERS} headers"),
    "no_place": (503, "too many connections; try again"),
}
TITLES = {
    400: "Invalid request",
    408: "Too slow",
    414: "Too large",
    429: "Too many requests",
    431: "Too large",
    503: "Try again",
}


class _Refused(Exception):
    """Raised inside the parser's callbacks, to stop it at once."""


def place_of(scope: Any) -> Place | None:
    """The connection that a request came on, where this protocol serves it."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    return extensions.get(PLACE)


class StrictSocket(WebSocketsSansIOProtocol):
    """A WebSocket that gives its place back; whoever gets none is answered with the headers of every answer."""

    place: Place
    _is_ending = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bare_rejection = self.conn.reject

        def reject(status: int, text: str) -> Response:
            response = bare_rejection(status, text)
            response.headers.update((name.decode(), value.decode()) for name, value in (*ALWAYS, *UNLESS_SAID))
            return response

        self.conn.reject = reject

    def shutdown(self) -> None:
        self._is_ending = True
        super().shutdown()

    def send_500_response(self) -> None:
        """Unless it is only that this process ends: another one takes it."""
        if not self._is_ending or self.initial_response or self.handshake_complete:
            super().send_500_response()
            return
        response = self.conn.reject(503, TITLES[503])
        response.headers["Retry-After"] = "5"
        self.conn.send_response(response)
        self.transport.write(b"".join(self.conn.data_to_send()))

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: Any = self.scope.get("extensions")
            extensions[PLACE] = self.place

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.config.places.leave(self.place)  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType] listening.Config


class StrictHttp(HttpToolsProtocol):
    """One connection. Whatever is refused is told so, as a problem where a body is possible, and closed."""

    place: Place
    _why = "malformed"
    _head_bytes = 0
    _headers = 0
    _in_head = True
    _is_whole = True
    _chunks = 0
    _discarded_bytes = 0
    _running: RequestResponseCycle | None = None

    @property
    def places(self) -> Places:
        return self.config.places  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType,reportUnknownVariableType] listening.Config

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.place = Place(refuse=self.refuse, abort=transport.abort, unsent=transport.get_write_buffer_size)
        self.places.enter(self.place)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.places.leave(self.place)

    def data_received(self, data: bytes) -> None:
        if self.place.phase is Phase.ENDING:
            self._discarded_bytes += len(data)
            if self._discarded_bytes > DISCARDED_BYTES:
                self.flow.pause_reading()
            return
        self._unset_keepalive_if_required()
        if self._in_head:
            self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)  # pyright: ignore[reportOptionalMemberAccess] None only once the connection is lost
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            self.refuse(self._why)
        else:
            self._follow_progress()

    def _follow_progress(self) -> None:
        """After all that came was read; a request that came whole is being answered already."""
        if self._in_head:
            if self._head_bytes > HEAD_BYTES:
                self.refuse("head_too_large")
            elif self.place.phase is Phase.REST:
                self.places.move(self.place, Phase.HEAD)
        elif self.place.phase in LOOSE:
            self.places.move(self.place, Phase.BODY)

    def handle_websocket_upgrade(self) -> None:
        self.places.move(self.place, Phase.SOCKET)
        self.connections.discard(self)
        lines = [self.scope["method"].encode(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.scope["headers"]:
            lines += [name, b": ", value, b"\r\n"]
        socket = StrictSocket(self.config, self.server_state, self.app_state)
        socket.place = self.place
        socket.connection_made(self.transport)
        socket.data_received(b"".join([*lines, b"\r\n"]))
        self.transport.set_protocol(socket)

    # What the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: Any = {PLACE: self.place}
        self.scope["extensions"] = extensions
        self._in_head, self._is_whole = True, False
        self._headers = self._chunks = 0
        self._size = 0

    def on_url(self, url: bytes) -> None:
        self._size += len(url)
        if self._size > URL_BYTES:
            self._stop("url_too_long")
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += 1
        if self._headers > HEADERS:
            self._stop("too_many_headers")
        self._size += len(name) + len(value) + 4
        if self._size > HEAD_BYTES:
            self._stop("head_too_large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= PIPELINED:
            self._stop("pipelined")
        self._in_head, self._head_bytes = False, 0
        self.place.received_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.place.received_bytes += len(body)
        self._chunks += 1
        if self._chunks > FEW_CHUNKS and self.place.received_bytes < self._chunks * CHUNK_BYTES:
            self._stop("tiny_chunks")
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_whole = True
        self._in_head = True
        if self.place.phase is not Phase.ANSWER:
            self.places.move(self.place, Phase.ANSWER)
        super().on_message_complete()

    def _stop(self, why: str) -> None:
        self._why = why
        raise _Refused(why)

    # What becomes of it

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.place.phase in (Phase.ENDING, Phase.SOCKET) or self.transport.is_closing():
            return
        if self._is_answering():
            self.places.move(self.place, Phase.ANSWER if self._is_whole else Phase.BODY)
        elif not self._is_whole:
            self._end()
        else:
            self.places.move(self.place, Phase.HEAD if self._head_bytes else Phase.REST)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def refuse(self, reason: str) -> None:
        """A request that a known sender is slow with is refused by 503, which every sender sends again."""
        if self.place.phase is Phase.ENDING or self.transport.is_closing():
            self.transport.abort()
            return
        self.places.count(reason)
        running = self._running
        is_started = running is not None and running.response_started and not running.response_complete
        for cycle in filter(None, (running, self.cycle, *(cycle for cycle, _ in self.pipeline))):
            cycle.disconnected = True
            cycle.message_event.set()
        self.pipeline.clear()
        if is_started or self.place.phase is Phase.SOCKET:
            self.transport.abort()
            return
        if self.place.phase is not Phase.REST and (self._head_bytes or not self._is_whole):
            self.transport.write(_answer(reason, is_known=self.place.is_known))
        self._end(at_once=reason == "no_place")

    def _end(self, *, at_once: bool = False) -> None:
        """Close without a reset, which could overtake the answer: for a moment what comes is dropped, or waits."""
        self._unset_keepalive_if_required()
        self.places.move(self.place, Phase.ENDING)
        if at_once or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()

    def send_400_response(self, msg: str) -> None:
        del msg
        self.refuse("malformed")


def _answer(reason: str, *, is_known: bool) -> bytes:
    status, detail = REFUSALS[reason]
    if is_known and status in (408, 429):
        status = 503
    problem = {
        "type": f"urn:dogwatch:problem:{reason}",
        "title": TITLES[status],
        "status": status,
        "code": reason,
        "detail": detail,
        "errors": list[Any](),
    }
    body = msgspec.json.encode(problem)
    lines = [STATUS_LINE[status], b"content-type: application/problem+json\r\n"]
    if status in (429, 503):
        lines.append(b"retry-after: 5\r\n")
    lines.append(RAW)
    lines.append(b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body))
    return b"".join([*lines, body])
