"""How the AWS SDK for Ruby resolves credentials and region."""
