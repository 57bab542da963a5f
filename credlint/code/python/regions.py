"""SRC106: regions whose name stands in a library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.deployment import deployment_of
from credlint.code.python.endpoints import is_elsewhere
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.signatures import CLIENTS, SESSIONS
from credlint.code.sighting import Context, Sighting

_REGION = re.compile(r"[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d\Z")
# Services that are in one region, or have one for what is global (AWS General Reference, "Service
# endpoints and quotas"); ACM, since certificates for CloudFront are made in us-east-1.
_GLOBAL = frozenset(
    (
        *("account", "acm", "artifact", "bcm-data-exports", "bcm-pricing-calculator", "billing"),
        *("budgets", "ce", "chatbot", "chime", "cloudfront", "cost-optimization-hub", "cur"),
        *("devicefarm", "ecr-public", "freetier", "globalaccelerator", "health", "iam"),
        "invoicing",
        *("importexport", "marketplace-catalog", "marketplace-entitlement", "meteringmarketplace"),
        *("marketplacecommerceanalytics", "mturk", "networkmanager", "organizations"),
        *("payment-cryptography", "pricing", "route53", "route53domains", "savingsplans"),
        *("route53-recovery-control-config", "route53-recovery-readiness", "shield", "sts"),
        *("support", "support-app", "taxsettings", "trustedadvisor", "waf", "wafv2"),
    )
)
# What is in us-east-1 alone of services that are in all regions, by a word of the module: metrics
# of billing, Route 53 and CloudFront, query logs of hosted zones, functions at the edge, the
# administrator of Firewall Manager, domains of Lightsail, and the list of regions and services.
_GLOBAL_PARTS = {
    "cloudwatch": (b"billing", b"route53", b"cloudfront"),
    "fms": (b"admin_account",),
    "lambda": (b"cloudfront", b"edge"),
    "lightsail": (b"domain",),
    "logs": (b"route53", b"cloudfront"),
    "ssm": (b"/aws/service/global-infrastructure",),
}
# What is the same wherever it is asked.
_ASKING = ("get_available_", "describe_regions")


def _only_asks_for_names(module: Module, call: Call) -> bool:
    """Tell whether a session is made for ``get_available_regions()`` and the like: it needs one."""
    parent = next(module.around.ancestors(call.node), None)
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0].id.encode()
        return any(name + b"." + asking.encode() in module.text for asking in _ASKING)
    return isinstance(parent, ast.Attribute) and parent.attr.startswith(_ASKING)


def _is_global(lowered: bytes, service: str, region: str) -> bool:
    """Tell whether what is asked of a service is in one region only; ``lowered``: the module."""
    if service in _GLOBAL:
        return True
    words = _GLOBAL_PARTS.get(service, ()) if region == "us-east-1" else ()
    return any(word in lowered for word in words)


def _is_made_up(module: Module, call: Call, arguments: dict[str, ast.expr]) -> bool:
    """Tell whether nothing is asked of AWS: the keys are literals, or answers are stubbed."""
    key_id = module.evaluate.text(arguments.get("aws_access_key_id"), call.scope)
    return key_id is not None or b"Stubber(" in module.text


def _is_of_object(node: Optional[ast.expr]) -> bool:
    """Tell whether it is an attribute, which whoever makes the object may set."""
    return isinstance(node, ast.Attribute) and dotted(node.value) in ("self", "cls")


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the clients and sessions of a package that are tied to one region."""
    if context.is_test or context.is_documentation or deployment_of(module, context) != "package":
        return
    lowered = module.text.lower()
    for call, arguments in calls_of(module, CLIENTS | SESSIONS):
        literal = module.evaluate.text(arguments.get("region_name"), call.scope)
        if literal is None or literal.is_fallback or _is_of_object(arguments["region_name"]):
            continue
        region = literal.value.reveal()
        service = module.evaluate.text(arguments.get("service_name"), call.scope)
        if service is not None and _is_global(lowered, service.value.reveal(), region):
            continue
        if not _REGION.match(region) or _only_asks_for_names(module, call):
            continue
        # The region of another store or of a stand-in is a name that it wants, no place.
        if _is_made_up(module, call, arguments) or is_elsewhere(
            module, call, arguments.get("endpoint_url")
        ):
            continue
        start, end, _ = module.span(call.node)
        yield Sighting(
            start=start,
            end=end,
            message=(
                f'region_name="{region}" is fixed in code: {call.callee}() of this package works '
                "with one region alone."
            ),
            subject=f"{call.callee}({region})",
        )
