"""Archives and compressed files as streams: nothing is written to disk, every bound is told."""
