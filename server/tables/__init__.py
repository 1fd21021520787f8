"""Piccolo tables, one file per aggregate. One feature writes a table, others read it."""
