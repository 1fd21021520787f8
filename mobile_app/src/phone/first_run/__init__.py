"""The first run: from an empty account to a page on the reader's phone."""
