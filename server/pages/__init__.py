"""How a person is told about an incident: plan, words, outcomes."""
