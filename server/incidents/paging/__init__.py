"""Page people for incidents: each due kind of a run, and what silences hold."""
