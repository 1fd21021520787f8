"""Messages to addresses: leased sends, retries, outcomes. Knows nothing of incidents."""
