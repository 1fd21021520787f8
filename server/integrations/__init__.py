"""FAMILY in: each member turns one source's payloads into events; one file a member."""
