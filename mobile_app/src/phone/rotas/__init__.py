"""Schedules on the device: who is on call now and when, worked out without a network."""
