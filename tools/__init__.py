"""What builds and publishes credlint; no part of the package."""
