"""What happens to findings between detection and report: selection, ignores, exit code."""
