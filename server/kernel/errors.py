"""Every refusal, as one tree; each knows its status and a stable code.

DogwatchError
├── Invalid            400  a field is wrong; carries one FieldError per wrong field
├── Unauthenticated    401
├── Forbidden          403  visible, but not allowed
├── NotFound           404  not there, or not visible
├── Conflict           409  an illegal transition, a name taken, a key reused
├── PreconditionFailed 412  a stale If-Match
├── TooLarge           413
├── PreconditionMissing 428 no If-Match
├── TooManyRequests    429
└── Unavailable        503  the store can't take it now; nothing was kept

Stale is not in the tree: a guard missed, and whoever decided gathers and decides again.
"""

import dataclasses
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is a path such as `levels[0].delay_s`."""

    field: str
    code: str
    message: str
    args: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])


class DogwatchError(Exception):
    """A refusal that the caller is told about."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    default_code: ClassVar[str] = "internal"

    def __init__(self, detail: str = "", *, code: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.code = code or self.default_code
        self.retry_after_s = retry_after_s
        self.errors: list[FieldError] = []


class Invalid(DogwatchError):
    status = 400
    title = "Invalid request"
    default_code = "invalid"

    def __init__(self, errors: Sequence[FieldError], detail: str = "") -> None:
        super().__init__(detail or (errors[0].message if errors else ""))
        self.errors = list(errors)

    @classmethod
    def one(cls, field: str, code: str, message: str, **args: Any) -> "Invalid":
        return cls([FieldError(field, code, message, args)])


class Flaws:
    """Gathers what several checks refuse, so that a request hears of all of it at once."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, field: str, code: str, message: str, **args: Any) -> None:
        self.found.append(FieldError(field, code, message, args))

    @contextmanager
    def gathered(self) -> Generator[None]:
        """Around one check: what it finds invalid is kept, and the next one is made too."""
        try:
            yield
        except Invalid as error:
            self.found += error.errors

    def refuse(self) -> None:
        """Raises Invalid with everything, if there is anything."""
        if self.found:
            raise Invalid(self.found)


class Unauthenticated(DogwatchError):
    status = 401
    title = "Sign in first"
    default_code = "unauthenticated"


class Forbidden(DogwatchError):
    status = 403
    title = "Not allowed"
    default_code = "forbidden"


class NotFound(DogwatchError):
    status = 404
    title = "Not found"
    default_code = "not_found"


class Conflict(DogwatchError):
    status = 409
    title = "Not possible now"
    default_code = "conflict"


class PreconditionFailed(DogwatchError):
    status = 412
    title = "Changed meanwhile"
    default_code = "stale"


class TooLarge(DogwatchError):
    status = 413
    title = "Too large"
    default_code = "too_large"


class PreconditionMissing(DogwatchError):
    status = 428
    title = "If-Match is missing"
    default_code = "if_match_required"


class TooManyRequests(DogwatchError):
    status = 429
    title = "Too many requests"
    default_code = "too_many_requests"


class Unavailable(DogwatchError):
    status = 503
    title = "Try again"
    default_code = "unavailable"


class Stale(Exception):
    """A write found other rows than it was decided on; nothing was written."""
