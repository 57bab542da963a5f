"""The chain of the JavaScript SDK v2 for Node."""
