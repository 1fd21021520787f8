"""On call: who is on call now, what my watches are."""
