"""How the AWS SDK for Swift resolves credentials and region, read from its source."""
