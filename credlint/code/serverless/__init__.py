"""Settings of the tools that deploy to Lambda: Serverless, SAM and the CDK."""
