"""IAM policies: who may become a role."""
