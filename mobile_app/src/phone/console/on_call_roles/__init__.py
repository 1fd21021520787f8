"""On-call roles in the Console."""
