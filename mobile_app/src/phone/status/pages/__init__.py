"""Pages: the list, one of them, and how it is set up."""
