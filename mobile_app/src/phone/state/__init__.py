"""What the app knows and what it can do; nothing here draws."""
