"""How the AWS SDKs for Java resolve credentials and region."""
