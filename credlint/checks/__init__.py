"""Pure checks: (snapshot, traces) to findings."""
