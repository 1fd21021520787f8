"""What is done to incidents: the sheets that ask, the verbs on their way, and taking them back."""
