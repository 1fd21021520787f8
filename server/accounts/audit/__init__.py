"""Who changed what, when, and that nobody changed that record."""
