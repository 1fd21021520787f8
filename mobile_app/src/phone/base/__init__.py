"""What every part of the app stands on: the server, the device, words, looks, and the one base of state."""
