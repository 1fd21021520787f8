"""Incidents: the list and the open one as the server tells them, and what is done to them."""
