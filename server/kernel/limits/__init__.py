"""What strangers may hold: connections, heads, bodies, time, and turns."""
