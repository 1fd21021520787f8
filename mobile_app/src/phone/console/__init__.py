"""What the Console knows about each kind of object: one file per kind, nothing drawn."""
