"""The edits of SRC115: no ``override``, or ``load_dotenv`` outside of AWS alone."""

from __future__ import annotations

import ast
from typing import Optional

from credlint.code.lines import line_start, newline_of
from credlint.code.python.callees import Call
from credlint.code.python.edits import NotRemovableError, checked, without_arguments
from credlint.code.python.module import Module
from credlint.model.fix import Edit, FileEdits, Fix

# Set by Lambda and by the agent of ECS and Fargate, not on EC2.
_GUARD = 'if "AWS_EXECUTION_ENV" not in os.environ:'


def without_override(module: Module, call: Call) -> Optional[Fix]:
    """Return the fix that lets the variables of the function be."""
    unwanted = [keyword for keyword in call.node.keywords if keyword.arg == "override"]
    if not unwanted:
        return None
    try:
        edits = checked(module, without_arguments(module, call.node, unwanted))
    except NotRemovableError:
        return None
    summary = "Drop override=True, so that variables that are set stay as they are."
    return Fix("unsafe", summary, (FileEdits("", edits),)) if edits else None


def guarded(module: Module, call: Call) -> Optional[Fix]:
    """Return the fix that calls it outside of AWS alone; for a statement on lines of its own."""
    statement = module.around.statement(call.node)
    if not isinstance(statement, ast.Expr) or statement.value is not call.node:
        return None
    start = module.start(statement)
    line = line_start(module.text, start)
    indent = module.text[line:start].decode("utf-8", "replace")
    if indent.strip():
        return None
    newline = newline_of(module.text)
    step = "\t" if "\t" in indent else "    "
    text = f"{_GUARD}{newline}{indent}{step}"
    if module.names.imports.get("os") != "os":
        text = f"import os{newline}{newline}{indent}{text}"
    edits = checked(module, (Edit(start, start, text),))
    summary = "Call load_dotenv() only where AWS does not run the code."
    return Fix("unsafe", summary, (FileEdits("", edits),)) if edits else None
