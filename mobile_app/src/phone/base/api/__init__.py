"""The server over HTTP: requests, failures, changes that arrive by themselves."""
