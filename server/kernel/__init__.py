"""What any server needs and no on-call word: clock, database, due work, settings, secrets."""
