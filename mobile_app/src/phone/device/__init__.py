"""What the device lends: a clock, a place to keep things, attention."""
