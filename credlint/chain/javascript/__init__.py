"""The chain of the JavaScript SDK v3 for Node."""
