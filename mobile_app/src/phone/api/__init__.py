"""How the app speaks to its server: requests, the live socket, verbs that wait for the network."""
