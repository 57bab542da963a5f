"""Keys that nothing but the name of their service tells: SEC220 and its table of services."""
