"""Who is on call now and what my watches are, worked out on the device."""
