"""What becomes of an event on its way to an alert and an incident."""
