"""Report formats, one file each; a reporter sees a Report and nothing else."""
