"""Commands: one file each; wires a stream to the outlet and holds no logic."""
