"""How I am reached, what may reach me where, and my account."""
