"""What the house promises about itself, checked on its own sources."""
