"""Which files are read whatever they hold: those whose faults need no word of AWS."""

from __future__ import annotations

# Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile, in any case.
_IMAGES = ("dockerfile", "containerfile")
_DEPLOYED_BY = ("serverless.y", "samconfig.")  # to AWS and to nothing else
# ``provider "aws"`` and ``backend "s3"`` are no words of AWS that are looked for everywhere.
_TERRAFORM = (".tf", ".tofu", ".hcl", ".tfbackend")
_KEPT_BY_TERRAFORM = ".terraform/terraform.tfstate"


def is_always_read(uri: str) -> bool:
    """Tell whether a file is asked for by its name alone."""
    name = uri[uri.rfind("/") + 1 :].lower()
    is_of_tool = (
        name.endswith(_TERRAFORM)
        or uri.endswith(_KEPT_BY_TERRAFORM)
        or name.startswith(_DEPLOYED_BY)
    )
    return is_of_tool or any(word in name for word in _IMAGES)
