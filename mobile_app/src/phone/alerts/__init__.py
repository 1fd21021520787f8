"""Everything that came in: alerts that are searched, events as they were received."""
