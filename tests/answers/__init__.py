"""Buttons outside the app."""
