"""The Dogwatch app: screens over the HTTP API, on phones, tablets and in the browser."""
