"""Addresses that several features lead to."""

from typing import Final

PUSH: Final = "/configure/channels/push"
MINE: Final = "mine"
"""Of schedules: my own shifts on all of them."""
