"""Services in the Console."""
