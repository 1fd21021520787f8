"""Integrations in the Console."""
