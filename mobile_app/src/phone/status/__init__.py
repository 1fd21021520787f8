"""Status pages: what customers and colleagues are shown, and who publishes it."""
