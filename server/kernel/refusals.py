"""Refusals that many rooms give, each with one code and in one wording."""

from server.kernel.errors import FieldError, PreconditionFailed


def require_rev(at: int, rev: int | None) -> None:
    """Raises PreconditionFailed when a change is based on another revision than the one it is `at`; None is on none."""
    if rev is not None and rev != at:
        raise moved_on(at)


def moved_on(at: int) -> PreconditionFailed:
    """What a change was based on isn't the newest any more."""
    return PreconditionFailed(f"it is at rev {at} now; read it again")


def no_offset(field: str) -> FieldError:
    """An instant that says no offset from UTC is anybody's guess; `shared.domain.flaws` says it in the same words."""
    return FieldError(field, "no_offset", "must say its offset, such as Z")
