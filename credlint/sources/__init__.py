"""Where documents come from: a tree, the git index, standard input."""
