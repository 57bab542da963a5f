"""SRC106: regions whose name stands in a library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.deployment import deployment_of
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.signatures import CLIENTS, SESSIONS
from credlint.code.sighting import Context, Sighting

_REGION = re.compile(r"[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d\Z")
# Services that are in one region, or have one for what is global (AWS General Reference, "Service
# endpoints and quotas"); ACM, since certificates for CloudFront are made in us-east-1.
_GLOBAL = frozenset(
    (
        *("account", "acm", "artifact", "billing", "budgets", "ce", "chatbot", "cloudfront"),
        *("cur", "ecr-public", "freetier", "globalaccelerator", "health", "iam", "invoicing"),
        *("importexport", "marketplace-catalog", "marketplace-entitlement", "meteringmarketplace"),
        *("marketplacecommerceanalytics", "mturk", "networkmanager", "organizations"),
        *("payment-cryptography", "pricing", "route53", "route53domains", "savingsplans"),
        *("route53-recovery-control-config", "route53-recovery-readiness", "shield", "sts"),
        *("support", "support-app", "taxsettings", "trustedadvisor", "waf", "wafv2"),
    )
)
# What is the same wherever it is asked.
_ASKING = ("get_available_", "describe_regions")


def _only_asks_for_names(module: Module, call: Call) -> bool:
    """Tell whether a session is made for ``get_available_regions()`` and the like: it needs one."""
    parent = next(module.around.ancestors(call.node), None)
    return isinstance(parent, ast.Attribute) and parent.attr.startswith(_ASKING)


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
    for call, arguments in calls_of(module, CLIENTS | SESSIONS):
        literal = module.evaluate.text(arguments.get("region_name"), call.scope)
        if literal is None or literal.is_fallback or _is_of_object(arguments["region_name"]):
            continue
        region = literal.value.reveal()
        service = module.evaluate.text(arguments.get("service_name"), call.scope)
        is_global = service is not None and service.value.reveal() in _GLOBAL
        if is_global or not _REGION.match(region) or _only_asks_for_names(module, call):
            continue
        if _is_made_up(module, call, arguments):
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
