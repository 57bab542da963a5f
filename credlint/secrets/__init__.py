"""Finds secrets in documents: one hyperscan database first, precise Python after."""
