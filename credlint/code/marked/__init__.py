"""YAML and JSON as trees whose every node knows its place, and what they are files of."""
