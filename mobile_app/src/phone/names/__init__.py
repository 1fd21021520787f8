"""People, teams, services and policies by name, and choosing among them."""
