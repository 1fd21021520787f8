"""Coming in: password, invitation, pairing code, and proving it again."""
