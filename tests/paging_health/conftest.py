"""Messages here leave by the fakes of the real providers."""

from tests.pages.conftest import providers

__all__ = ["providers"]
