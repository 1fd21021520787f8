"""Channels in the Console."""
