"""Messages that were given up: tried again or taken off the list."""
