"""Notices: what informs people without waiting for an answer, and the rules of how they want to be reached."""
