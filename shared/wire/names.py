"""Names that people give to things: in one line, trimmed and composed (NFC); three lengths are enough."""

from typing import Annotated

from msgspec import Meta

from shared.domain.visible import NAME

LongName = Annotated[str, Meta(min_length=1, max_length=120, extra=NAME)]
Name = Annotated[str, Meta(min_length=1, max_length=80, extra=NAME)]
ShortName = Annotated[str, Meta(min_length=1, max_length=40, extra=NAME)]
"""Of what stands in narrow places: schedules, roles on call."""
