"""Programs in languages other than Python and shell: their strings, comments and calls."""
