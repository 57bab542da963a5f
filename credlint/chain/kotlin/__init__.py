"""How the AWS SDK for Kotlin resolves credentials and region."""
