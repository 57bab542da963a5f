"""Manifests and lock files of packages: what a program is made from."""
