"""The calendar of a schedule, drawn: weeks, months, lanes, bars."""
