"""What the server notes of some kinds in structs that no wire has."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class Hours(Struct, frozen=True):
    start: datetime
    end: datetime


class Sent(Struct, frozen=True):
    people: list[str]


class OfTeam(Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    is_manager: bool


class Picture(Struct, frozen=True):
    """Of a status page."""

    slot: str
    media_type: str
    bytes: int


class Imported(Struct, frozen=True):
    """Of a status page: how many subscribers came from a table."""

    subscribers: int


class Removed(Struct, frozen=True):
    """Of a status page."""

    subscriber: str


class Settings(Struct, frozen=True):
    config: dict[str, Any]
    smtp_url: str
