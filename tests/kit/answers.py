"""Answers of fake servers: a value, or a problem document that may name a field."""

import json
from typing import Any

import httpx
import msgspec


def problem(status: int, code: str, field: str | None = None, field_code: str | None = None) -> httpx.Response:
    told = {"field": field, "code": field_code or code, "message": code, "args": {}}
    document: dict[str, Any] = {"type": "about:blank", "title": code, "status": status, "code": code}
    return httpx.Response(status, content=json.dumps({**document, "errors": [told] if field else []}))


def answered(value: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=msgspec.json.encode(value))
