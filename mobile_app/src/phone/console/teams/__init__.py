"""Teams in the Console."""
