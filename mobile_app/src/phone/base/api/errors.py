"""What can go wrong between the app and its server, as codes that a catalogue can word."""

from typing import Any

import httpx
import msgspec

from shared.wire.problems import FieldProblem, Problem


class ApiError(Exception):
    """The server refused; `code` and `args` word it, `problems` place it at the fields of a form."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str = "",
        args: dict[str, Any] | None = None,
        retry_after_s: float | None = None,
        problems: tuple[FieldProblem, ...] = (),
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.arguments = args or {}
        self.retry_after_s = retry_after_s
        self.problems = problems

    @property
    def may_pass_later(self) -> bool:
        """Whether the same request may succeed without a change by the reader."""
        return self.status == 429 or self.status >= 500 or self.code == "contended"

    @classmethod
    def of(cls, problem: Problem, *, retry_after_s: float | None = None) -> "ApiError":
        """The error of a problem document; the first field's error is the more exact one."""
        first = problem.errors[0] if problem.errors else None
        return cls(
            status=problem.status,
            code=first.code if first else problem.code,
            detail=problem.detail or problem.title,
            args={"field": first.field, **first.args} if first else {},
            retry_after_s=retry_after_s,
            problems=tuple(problem.errors),
        )


def refusal_in(response: httpx.Response) -> ApiError:
    """What an answer that is no success says."""
    after = response.headers.get("retry-after", "")
    retry_after_s = float(after) if after.isdigit() else None
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except msgspec.MsgspecError:
        return ApiError(status=response.status_code, code="no_problem", retry_after_s=retry_after_s)
    return ApiError.of(problem, retry_after_s=retry_after_s)


class Unreachable(Exception):
    """No answer: the network or the server is away, and nobody knows whether the request arrived."""


class SignedOut(Exception):
    """The session is over: the refresh token was refused."""
