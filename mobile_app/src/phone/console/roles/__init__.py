"""Permission sets in the Console."""
