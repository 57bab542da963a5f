"""Renders sections as an ini text with the layouts and the faults that people write."""

from __future__ import annotations

import base64
import random

Section = tuple[str, list[tuple[str, str]]]


def render(sections: list[Section], dice: random.Random, *, calm: bool) -> str:
    """Return the text of a file, ``base64:…`` when it is not plain UTF-8; sound when ``calm``."""
    if calm:
        return "".join(
            f"[{header}]\n" + "".join(f"{name} = {value}\n" for name, value in settings)
            for header, settings in sections
        )
    lines: list[str] = []
    for header, settings in sections:
        if dice.random() < 0.1:
            lines.append(dice.choice(["", "# a comment", "; a comment", "  # indented"]))
        lines.append(_header(header, dice))
        lines += _settings(settings, dice)
    lines = _spoil(lines, dice)
    ending = dice.choice(["\n"] * 12 + ["\r\n", "\r"])
    text = ending.join(lines) + (ending if dice.random() < 0.9 else "")
    fault = dice.random()
    if fault < 0.012:
        return _binary(b"\xef\xbb\xbf" + text.encode())
    if fault < 0.020:
        return _binary(text.encode("utf-16"))
    if fault < 0.028:
        return _binary(text.encode() + b"\n# caf\xe9\n")
    return text


def _binary(data: bytes) -> str:
    from credlint import samples  # noqa: PLC0415  placeholders must be filled before encoding

    if b"\0" in data:
        data = samples.expand(data.decode("utf-16")).encode("utf-16")
    else:
        data = samples.expand(data.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )
    return "base64:" + base64.b64encode(data).decode()


def _header(header: str, dice: random.Random) -> str:
    text = f"[{header}]"
    fault = dice.random()
    if fault < 0.02:
        return text + " # team account"
    if fault < 0.03:
        return "  " + text
    if fault < 0.035:
        return text[:-1]
    if fault < 0.04:
        return f"[{header}]]"
    return text


def _settings(settings: list[tuple[str, str]], dice: random.Random) -> list[str]:
    margin = dice.choice([""] * 12 + ["  ", "\t"])
    lines = []
    for name, value in settings:
        text = value
        shown = name.upper() if dice.random() < 0.02 else name
        delimiter = dice.choice([" = "] * 12 + ["=", ": ", "=  ", " ="])
        fault = dice.random()
        indent = margin
        if fault < 0.012:
            text = f'"{value}"'
        elif fault < 0.024:
            text = f"{value} # comment"
        elif fault < 0.036:
            indent = margin + "  "
        elif fault < 0.042:
            text = value + "   "
        elif fault < 0.048 and not value.startswith("\n"):
            text = "\n    " + value
        elif fault < 0.054 and not value.startswith("\n"):
            text = "\n    inner = " + value
        elif fault < 0.058:
            lines.append("" if dice.random() < 0.5 else "   ")
        elif fault < 0.062:
            text = value + "\u00a0"
        lines += (indent + shown + delimiter + text).split("\n")
    return lines


def _spoil(lines: list[str], dice: random.Random) -> list[str]:
    fault = dice.random()
    if not lines or fault > 0.07:
        return lines
    lines = list(lines)
    place = dice.randrange(len(lines))
    if fault < 0.01:
        lines.insert(0, "region = first")
    elif fault < 0.025:
        lines.insert(place, lines[place])  # a doubled section or setting
    elif fault < 0.035:
        lines.insert(place, "garbage without a delimiter")
    elif fault < 0.04:
        lines.insert(place, "= no name")
    elif fault < 0.05:
        lines.insert(place, "    continued text")
    elif fault < 0.055:
        lines.insert(place, "    continued = text")
    elif fault < 0.06:
        lines.insert(place, "[]")
    else:
        lines.insert(place, "key = value = more: text")
    return lines
