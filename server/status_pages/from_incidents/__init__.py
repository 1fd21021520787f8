"""Status events about incidents of on call: published from one, or by a rule, followed to their end."""
