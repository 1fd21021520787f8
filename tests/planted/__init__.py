"""Bugs on purpose: what a tired programmer would do to each mended line, and the tests that must notice."""
