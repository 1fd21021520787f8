"""Who is on call: schedules and overrides as rows, answered by `shared.domain.on_call.schedules`."""
