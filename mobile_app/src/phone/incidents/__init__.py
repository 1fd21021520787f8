"""The list of incidents: segments, filters, choosing several, opening one by hand."""
