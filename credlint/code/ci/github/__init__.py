"""GitHub Actions: workflows, composite actions, permissions."""
