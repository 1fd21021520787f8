"""Addresses that several features lead to."""

from typing import Final

PUSH: Final = "/configure/channels/push"
