"""The list of incidents: the card of my watch, rows, filters, choosing several, opening one by hand."""
