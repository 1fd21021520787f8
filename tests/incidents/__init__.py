"""Incidents: everything that is done to them, and how they are read."""
