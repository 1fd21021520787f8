"""Silences in the Console: made from incidents, seen and ended here."""
