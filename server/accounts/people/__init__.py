"""Who there is: people, teams, roles, invitations."""
