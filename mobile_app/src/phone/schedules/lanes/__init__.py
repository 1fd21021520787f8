"""All schedules of a team in one grid."""
