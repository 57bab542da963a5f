"""Task definitions of ECS, raw, within templates and in HCL: containers, variables, roles."""
