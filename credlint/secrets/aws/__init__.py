"""What AWS issues: each kind of credential by its structure, and what can be told of it offline."""
