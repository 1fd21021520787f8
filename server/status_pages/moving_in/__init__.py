"""What was published elsewhere or never: events of the past from tables, and pages from Atlassian Statuspage."""
