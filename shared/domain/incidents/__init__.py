"""What may be done with an incident, and what its timeline says."""
