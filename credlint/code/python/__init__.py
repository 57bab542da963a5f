"""Python and notebooks: one tree for all checks, what names and calls stand for, byte edits."""
