"""Problems as answers: what was raised, as RFC 9457 says it."""

from typing import Any

import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from server.kernel.errors import Conflict, DogwatchError, FieldError, Invalid, Stale
from server.kernel.http.visit import AnyRequest
from server.kernel.telemetry import REQUESTS_REFUSED

log = structlog.get_logger()

PROBLEM = "application/problem+json"
COUNTED = (413, 429, 503)
"""Refusals of too much, as the metrics count them."""
NOT_VALID = "is not valid here"


def problem_of(error: DogwatchError) -> dict[str, Any]:
    """RFC 9457 object of a refusal."""
    return {
        "type": f"urn:dogwatch:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "errors": [
            {"field": each.field, "code": each.code, "message": each.message, "args": each.args}
            for each in error.errors
        ],
    }


def _answer(problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response[dict[str, Any]]:
    return Response(problem, status_code=problem["status"], media_type=PROBLEM, headers=headers or {})


def on_refusal(_: AnyRequest, error: DogwatchError) -> Response[dict[str, Any]]:
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
    if error.status in COUNTED:
        REQUESTS_REFUSED.labels(error.code).inc()
    if error.status == 503:
        headers.setdefault("Retry-After", "5")
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(problem_of(error), headers)


def on_validation(_: AnyRequest, error: ValidationException) -> Response[dict[str, Any]]:
    """What `refuse_what_is_wrong` did not find before; the framework's words stay here."""
    extra: list[dict[str, Any] | str] = error.extra if isinstance(error.extra, list) else []
    fields = [str(each.get("key") or "") for each in extra if isinstance(each, dict)]
    return _answer(problem_of(Invalid([FieldError(each, "invalid", NOT_VALID) for each in fields or [""]])))


def on_http_exception(_: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    if error.status_code == 400:
        return _answer(problem_of(Invalid.one("", "invalid", NOT_VALID)))
    codes = {401: "unauthenticated", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(error.status_code, f"http_{error.status_code}")
    if error.status_code in COUNTED:
        REQUESTS_REFUSED.labels(code).inc()
    problem = {"type": f"urn:dogwatch:problem:{code}", "title": error.detail, "status": error.status_code}
    return _answer(problem | {"code": code, "detail": error.detail, "errors": []}, dict(error.headers or {}))


def on_recursion(_: AnyRequest, __: RecursionError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "too_deep", "the body is nested too deeply")))


def on_bad_text(_: AnyRequest, __: UnicodeDecodeError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "not_utf8", "text must be UTF-8")))


def on_overflow(_: AnyRequest, __: OverflowError) -> Response[dict[str, Any]]:
    return _answer(problem_of(Invalid.one("", "out_of_range", "a number or an instant is out of range")))


def on_stale(_: AnyRequest, __: Stale) -> Response[dict[str, Any]]:
    return _answer(problem_of(Conflict("somebody else changed it at the same moment; try again", code="contended")))


def on_bug(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(problem_of(DogwatchError("something went wrong here; nothing was changed")))


EXCEPTION_HANDLERS: dict[type[Exception] | int, Any] = {
    DogwatchError: on_refusal,
    ValidationException: on_validation,
    HTTPException: on_http_exception,
    RecursionError: on_recursion,
    UnicodeDecodeError: on_bad_text,
    OverflowError: on_overflow,
    Stale: on_stale,
    Exception: on_bug,
}
