"""One module per screen; each reads state and calls its methods."""
