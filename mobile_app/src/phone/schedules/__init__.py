"""Schedules: the list, one of them, its overrides, gaps and remarks."""
