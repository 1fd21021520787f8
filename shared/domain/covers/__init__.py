"""Standing in for each other: what may become of a request, and who could take it."""
