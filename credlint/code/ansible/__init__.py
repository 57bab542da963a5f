"""Ansible: playbooks, roles and variables in YAML."""
