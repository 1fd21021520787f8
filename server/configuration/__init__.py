"""Whole configurations at once: the demo's account and its made history."""
