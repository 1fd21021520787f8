"""Requests for cover: asked of me, made by me, and what became of them."""
