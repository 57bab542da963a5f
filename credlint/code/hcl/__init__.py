"""HCL of Terraform, OpenTofu and Terragrunt: blocks, values with places, what a folder declares."""
