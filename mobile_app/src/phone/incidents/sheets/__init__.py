"""The sheets that ask before something is done to an incident."""
