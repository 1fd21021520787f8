"""Service calendars in the Console."""
