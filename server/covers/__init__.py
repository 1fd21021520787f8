"""Time off, colleagues who stand in, and a pager that changes hands."""
