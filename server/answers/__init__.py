"""Every button that a person presses outside the app, turned into one verb."""
