"""What a request says, against what its handler wants."""
