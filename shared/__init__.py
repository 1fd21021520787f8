"""What server and phone share: wire structs and pure decisions."""
