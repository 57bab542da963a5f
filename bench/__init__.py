"""``make bench``: credlint's speed against other scanners, as ratios from one run."""
