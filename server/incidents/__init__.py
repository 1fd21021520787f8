"""Incidents: opened by alerts, acknowledged, escalated and resolved by people and sources."""
