"""One incident: what happens next, who deals with it, its alerts and its timeline."""
