"""Overrides of a schedule: what there are, making one, and what it changes."""
