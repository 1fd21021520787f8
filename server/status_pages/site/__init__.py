"""The site of a public status page: rendered to plain files on every change, and served from them."""
