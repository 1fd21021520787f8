"""Escalation policies in the Console."""
