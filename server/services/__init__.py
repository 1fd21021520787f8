"""Services, their integrations and keys, rules and silences."""
