"""How each person can be reached: phones and addresses."""
