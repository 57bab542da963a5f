"""Which files are read whatever they hold: those whose faults need no word of AWS."""

from __future__ import annotations

# Dockerfile, Dockerfile.prod, build.Dockerfile, Containerfile, in any case.
_IMAGES = ("dockerfile", "containerfile")
# ``provider "aws"`` and ``backend "s3"`` are no words of AWS that are looked for everywhere.
_TERRAFORM = (".tf", ".tofu", ".hcl", ".tfbackend")
# Settings of tools that deploy to AWS and to nothing else, whether they name it or not.
_DEPLOYERS = ("serverless.y", "samconfig.", "cdk.json")
_KEPT_BY_TERRAFORM = ".terraform/terraform.tfstate"


def is_always_read(uri: str) -> bool:
    """Tell whether a file is asked for by its name alone."""
    name = uri[uri.rfind("/") + 1 :].lower()
    if name.endswith(_TERRAFORM) or uri.endswith(_KEPT_BY_TERRAFORM):
        return True
    return any(word in name for word in (*_IMAGES, *_DEPLOYERS))
