"""Long runs against whole processes that are killed and stopped, checked from outside: `python -m tests.soak`."""
