"""Ansible: keys in playbooks, roles, variables and inventories in YAML."""
