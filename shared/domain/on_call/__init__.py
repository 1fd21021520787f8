"""Who is on call, and what may become of a schedule."""
