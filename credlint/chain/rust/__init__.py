"""How the AWS SDK for Rust resolves credentials and region."""
