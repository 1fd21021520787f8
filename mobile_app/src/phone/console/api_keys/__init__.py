"""API keys in the Console."""
