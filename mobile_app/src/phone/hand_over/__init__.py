"""Handing my pager over: time off, asking for cover, giving and taking it."""
