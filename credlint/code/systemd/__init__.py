"""Units of systemd: what they put into the environment, and the commands that they start."""
