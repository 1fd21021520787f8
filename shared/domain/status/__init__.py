"""What status pages say: events and what they do to components, maintenance by time, uptime and its days."""
