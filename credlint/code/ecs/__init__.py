"""Task definitions of ECS, raw and within templates."""
