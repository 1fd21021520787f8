"""Which incidents: filtered, counted, saved as filters, like this one, and before."""
