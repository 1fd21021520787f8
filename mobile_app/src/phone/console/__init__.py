"""The Console: every kind of object that can be set up, one folder a kind, over the form in `form`."""
