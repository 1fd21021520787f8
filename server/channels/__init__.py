"""FAMILY out: each member carries one message to one address; one file or folder a member."""
