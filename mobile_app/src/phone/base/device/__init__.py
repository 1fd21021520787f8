"""What the app borrows from the device: clock, stores, attention, habits."""
