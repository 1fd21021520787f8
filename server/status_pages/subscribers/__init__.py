"""Subscribers of status pages: who they are, how they come and go, and how each hears of an update."""
