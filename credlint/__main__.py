"""``python -m credlint``."""

from credlint.cli.main import main

if __name__ == "__main__":
    main()
