"""One connection between two processes: either side asks, answers and notes; one write a turn of the loop."""

import asyncio
import struct
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import partial
from typing import Final

import structlog

log = structlog.get_logger()
_HEAD = struct.Struct(">IIBB")
"""Length of the body, number of the request, Kind, What."""
LARGEST: Final = 64 * 1024 * 1024


class Kind(IntEnum):
    REQUEST = 0
    ANSWER = 1
    SIGNAL = 2


class What(IntEnum):
    """What a request or a signal is about."""

    WRITE = 1
    """Statements to commit; the answer says what became of them."""
    COMMIT = 2
    """Somebody committed due work or a change: sleepers look now."""
    STATE = 3
    """How a process is."""


Reply = Callable[[bytes], None]
Handler = Callable[[bytes, Reply], None]
"""Takes a request's body, and what to call once with the answer, on the same loop."""
Handlers = Mapping[What, Handler]


class Lost(ConnectionError):
    """The other side went away, or did not answer in time; whether it did what was asked is not known."""


class Connection(asyncio.Protocol):
    """Either end of it."""

    def __init__(self, handlers: Handlers, on_lost: "Callable[[Connection], None]") -> None:
        self._handlers, self._on_lost = handlers, on_lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._asked: dict[int, asyncio.Future[bytes]] = {}
        self._last = 0
        self._unread = bytearray()
        self._unsent = bytearray()
        self._is_paused = self._is_flushing = False

    def call(self, what: What, body: bytes, *, within_s: float) -> "asyncio.Future[bytes]":
        """The answer to come; Lost when there will be none; raised at once for a body that is too large."""
        if len(body) > LARGEST:
            raise Lost(f"{len(body)} bytes are too many at once")
        self._last = self._last % 0xFFFFFFFF + 1
        answer: asyncio.Future[bytes] = self._loop.create_future()
        self._asked[self._last] = answer
        timer = self._loop.call_later(within_s, self._give_up, self._last)
        answer.add_done_callback(lambda _: timer.cancel())
        self._send(self._last, Kind.REQUEST, what, body)
        return answer

    def signal(self, what: What) -> None:
        """Say it without waiting for anything."""
        self._send(0, Kind.SIGNAL, what, b"")

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _give_up(self, number: int) -> None:
        answer = self._asked.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_exception(Lost("no answer in time"))

    def _send(self, number: int, kind: Kind, what: What, body: bytes) -> None:
        self._unsent += _HEAD.pack(len(body), number, kind, what)
        self._unsent += body
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        if self._transport is not None and self._unsent and not self._is_paused:
            unsent, self._unsent = self._unsent, bytearray()
            self._transport.write(unsent)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # pyright: ignore[reportAttributeAccessIssue] a socket's is always a Transport
        self._flush()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 it is over, whatever the reason
        self._transport = None
        asked, self._asked = self._asked, {}
        for answer in asked.values():
            if not answer.done():
                answer.set_exception(Lost("the other process went away"))
        self._on_lost(self)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        begin = 0
        while len(self._unread) - begin >= _HEAD.size:
            size, number, kind, what = _HEAD.unpack_from(self._unread, begin)
            end = begin + _HEAD.size + size
            if size > LARGEST:
                log.error("ipc.frame_too_large", size=size)
                self.close()
                return
            if len(self._unread) < end:
                break
            self._take(number, kind, what, bytes(self._unread[begin + _HEAD.size : end]))
            begin = end
        del self._unread[:begin]

    def _take(self, number: int, kind: int, what: int, body: bytes) -> None:
        if kind == Kind.ANSWER:
            answer = self._asked.pop(number, None)
            if answer is not None and not answer.done():
                answer.set_result(body)
            return
        handler = self._handlers.get(What(what))
        if handler is None:
            log.error("ipc.not_handled", what=what)
            self.close()
            return
        handler(body, partial(self._send, number, Kind.ANSWER, What(what)) if kind == Kind.REQUEST else _no_reply)


def _no_reply(body: bytes) -> None:
    """A signal wants no answer."""
