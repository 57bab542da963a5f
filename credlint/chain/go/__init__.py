"""How the AWS SDKs for Go resolve credentials and region."""
