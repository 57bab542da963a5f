"""Scripts of POSIX shells and their relatives: commands, words, assignments, with places."""
