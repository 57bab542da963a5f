"""How the AWS SDK for Java v1 resolves credentials and region."""
