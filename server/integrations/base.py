"""The contract of the integration family."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from server.kernel.registry import Registry
from shared.domain.alerts import Event, Link
from shared.domain.flaws import Flaw

KIB = 1024
MIB = 1024 * KIB


V1, CHANGES = "v1", "changes"
"""Ways of a protocol beside its first one: an older version's path, and the one for what was done to a service."""
SAMPLE_KEY = "dogwatch-test"
SAMPLE_TITLE = "Test alert from Dogwatch"


class Envelope(Struct, frozen=True, kw_only=True):
    """One request as it was received; `config` is the member's own `Config`, `way` V1, CHANGES or empty."""

    event_id: str
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    config: Struct | None = None
    way: str = ""


class Accepted(Struct, frozen=True, kw_only=True):
    """What a look at the body says before it is stored: the one alert it is about.

    `dialect` tells `accepted` which of several protocols on one slug was spoken; `odd` are the fields that are
    taken for absent, or for something else than they say.
    """

    dedup_key: str | None = None
    dialect: str = ""
    odd: tuple[Flaw, ...] = ()


class Challenge(Struct, frozen=True, kw_only=True):
    """The request was a handshake, not an event: answer `body` and store nothing."""

    body: bytes
    content_type: str = "text/plain"


class Change(Struct, frozen=True, kw_only=True):
    """Something that was done to a service, such as a deployment: it pages nobody and stands beside incidents."""

    summary: str
    source: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    links: tuple[Link, ...] = ()
    happened_at: datetime


class BadEvent(Exception):
    """The body is refused with 400, for every field its flaw; a path such as `payload.summary`, empty for the whole."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.flaws: tuple[Flaw, ...] = (Flaw(field=field, code=code, message=message),)

    @classmethod
    def of(cls, flaws: Sequence[Flaw]) -> "BadEvent":
        bad = cls(flaws[0].field, flaws[0].code, flaws[0].message)
        bad.flaws = tuple(flaws)
        return bad


class Answer(Struct, frozen=True, kw_only=True):
    """What the sender gets back, in its own shape."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = msgspec.field(default_factory=dict[str, str])


class NoConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class Integration(ABC):
    """One source of events.

    `check` is called before the body is stored and must be cheap; `parse` after it, and must be pure:
    the same envelope always gives the same events. What `check` lets pass and `parse` can't read still
    becomes a visible alert, so `parse` may raise anything. `{ingest_url}` in `setup` is replaced; no other
    braces are special.
    """

    slug: ClassVar[str]
    title: ClassVar[dict[str, str]]
    Config: ClassVar[type[Struct]] = NoConfig
    max_body_bytes: ClassVar[int] = 256 * KIB
    can_retry_4xx: ClassVar[bool] = True
    setup: ClassVar[dict[str, str]] = {}

    has_body_key: ClassVar[bool] = False

    def body_key(self, body: bytes) -> str | None:
        """The integration key, where the protocol puts it into the body; raises BadEvent when that can't be read."""
        del body
        return None

    def without_key(self, body: bytes, way: str) -> BadEvent | None:
        """How the protocol refuses what names no key on that way; None for our own refusal."""
        del body, way
        return None

    def likely_keys(self, body: bytes) -> Iterator[str]:
        """What may be the key in such a body, found without reading the whole; strangers are told apart by it."""
        del body
        yield from ()

    @abstractmethod
    def check(self, envelope: Envelope) -> Accepted | Challenge:
        """Look at the body; raise BadEvent when it must be refused."""

    @abstractmethod
    def parse(self, envelope: Envelope) -> list[Event]:
        """Read the body."""

    @abstractmethod
    def sample(self, at: datetime, *, is_over: bool) -> bytes:
        """A body of this format about the one alert of the test, `SAMPLE_KEY`; with `is_over`, its recovery."""

    def accepted(self, envelope: Envelope, accepted: Accepted) -> Answer:
        """What the sender is told once the event is durable."""
        body: dict[str, Any] = {
            "status": "accepted",
            "event_id": envelope.event_id,
            "dedup_key": accepted.dedup_key,
        }
        if accepted.odd:
            body["warnings"] = [{"field": each.field, "code": each.code, "message": each.message}
                                for each in accepted.odd]  # fmt: skip
        return Answer(status=202, body=body)

    def check_change(self, envelope: Envelope) -> Change | None:
        """Read a report of a change, where the protocol has them; raises BadEvent when it must be refused."""
        del envelope
        return None

    def accepted_change(self) -> Answer:
        """What the sender is told once the change is durable."""
        return Answer(status=202, body={"status": "accepted"})

    def refused(self, problem: dict[str, Any]) -> Answer:
        """What the sender is told when nothing was stored; `problem` is an RFC 9457 object."""
        return Answer(
            status=int(problem["status"]),
            body=problem,
            headers={"content-type": "application/problem+json"},
        )


INTEGRATIONS: Registry[Integration] = Registry("integrations")
