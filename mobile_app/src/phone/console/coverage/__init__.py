"""Coverage: the proof that somebody is reachable for every service."""
