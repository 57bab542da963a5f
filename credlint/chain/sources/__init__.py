"""One small function per credential source of the botocore family."""
