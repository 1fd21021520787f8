"""Pure decisions of an on-call platform: no I/O, no clock, `now` is an argument."""
