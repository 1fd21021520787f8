"""Messages of the live socket."""

from msgspec import Struct


class Hello(Struct, frozen=True, kw_only=True, tag="hello", tag_field="type"):
    """First answer: resume with (epoch, n). Here and elsewhere `n` counts what this reader may see."""

    epoch: str
    n: int


class Reset(Struct, frozen=True, kw_only=True, tag="reset", tag_field="type"):
    """What was missed is no longer known: read everything again, then resume with (epoch, n)."""

    epoch: str
    n: int


class Changed(Struct, frozen=True, kw_only=True, tag="changed", tag_field="type"):
    """The object `id` of `kind` is now at `rev`."""

    n: int
    kind: str
    id: str
    rev: int


class Ping(Struct, frozen=True, kw_only=True, tag="ping", tag_field="type"):
    """Sent every 20 s."""

    n: int


class Authenticate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First message of the client; epoch and n when it resumes."""

    token: str
    epoch: str | None = None
    n: int | None = None


LiveMessage = Hello | Reset | Changed | Ping
