"""Schedules in the Console."""
