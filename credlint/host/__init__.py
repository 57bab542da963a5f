"""Probes: environment, AWS files, IMDS, container, platform; together a HostSnapshot."""
