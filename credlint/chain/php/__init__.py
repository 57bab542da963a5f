"""How the AWS SDK for PHP resolves credentials and region."""
