"""Who is notified of shifts and when: announced, changed and handed over."""
