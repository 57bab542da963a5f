"""Makes the model of words that tells random text from names: ``python -m tools.wordmodel``."""
