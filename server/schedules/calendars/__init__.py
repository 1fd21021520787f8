"""iCalendar out, to subscribe to shifts, and in, for time off."""
