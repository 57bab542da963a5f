"""How the AWS Common Runtime and the AWS SDK for C++ resolve credentials and region."""
