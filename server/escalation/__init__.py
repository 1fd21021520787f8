"""Escalation: policies, and the runs that page level after level until somebody answers."""
