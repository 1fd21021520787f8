"""My time off, and the calendars that it comes from."""
