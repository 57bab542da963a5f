"""CloudFormation and SAM templates, hand-written or made by the CDK."""
