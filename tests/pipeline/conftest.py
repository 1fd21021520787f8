"""A world with every way in."""

from tests.ingest.conftest import ways

__all__ = ["ways"]
