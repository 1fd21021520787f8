"""The demo's outbox: what would have left the machine."""
