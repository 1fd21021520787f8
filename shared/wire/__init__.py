"""Frozen structs that cross the network, one file per resource."""
