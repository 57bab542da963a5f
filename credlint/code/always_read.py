"""Which files are read whatever they hold: those whose faults need no word of AWS."""

from __future__ import annotations

# ``provider "aws"`` and ``backend "s3"`` are no words of AWS that are looked for everywhere.
_TERRAFORM = (".tf", ".tofu", ".hcl", ".tfbackend")
# Settings of tools that deploy to AWS and to nothing else, whether they name it or not.
_DEPLOYERS = ("serverless.y", "samconfig.", "cdk.json")
_KEPT_BY_TERRAFORM = ".terraform/terraform.tfstate"


def is_always_read(uri: str) -> bool:
    """Tell whether a file is asked for by its name alone."""
    name = uri[uri.rfind("/") + 1 :].lower()
    return (
        name.endswith(_TERRAFORM)
        or name.startswith(_DEPLOYERS)
        # Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile, in any case.
        or "dockerfile" in name
        or "containerfile" in name
        or (name == "terraform.tfstate" and uri.endswith(_KEPT_BY_TERRAFORM))
    )
