"""The embedded demonstration: stand-ins for a host's services, on loopback alone."""
