"""Status pages: what customers and colleagues are shown of what works."""
