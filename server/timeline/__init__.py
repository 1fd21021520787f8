"""What happened to an incident, told to people; one hash chain per incident."""
