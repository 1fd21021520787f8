"""Events of a page: one of them, and the sheets that publish."""
