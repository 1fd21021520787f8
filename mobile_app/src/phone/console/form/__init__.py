"""The form of the Console: what a kind says of itself, its fields, saving, what saving changes, who changed it."""
