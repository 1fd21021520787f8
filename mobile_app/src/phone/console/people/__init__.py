"""People and invitations in the Console."""
