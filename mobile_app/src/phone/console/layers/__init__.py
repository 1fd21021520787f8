"""The layers of a schedule in its form."""
