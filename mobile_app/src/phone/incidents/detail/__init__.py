"""One incident on the screen: what happens next, its people, alerts and timeline."""
