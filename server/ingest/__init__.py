"""Ways in: store what comes, answer 202 once it is durable."""
