"""Whom a page means, which way it takes, and what became of it."""
