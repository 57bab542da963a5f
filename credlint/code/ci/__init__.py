"""Pipelines: which keys they store, and what stands in the way of a role."""
