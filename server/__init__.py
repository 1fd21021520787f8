"""The Dogwatch server."""
