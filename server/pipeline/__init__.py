"""From stored events to alerts: lanes, stages, rules, silences."""
