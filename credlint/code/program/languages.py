"""Where comments and strings begin and end in each language, as data for the lexer.

Sources: ECMA-262 §12; The Go Programming Language Specification, "Lexical elements"; JLS §3;
Kotlin and Scala specifications, lexical grammar; Ruby 3 syntax/literals; PHP manual, "Strings";
C# 13 §6.4; The Rust Reference, "Tokens"; Groovy "Syntax"; about_Quoting_Rules of PowerShell.
"""

from __future__ import annotations

from credlint.model.lean_tuples import NamedTuple


class Quote(NamedTuple):
    """A kind of string: how it opens and closes.

    ``escape``: what takes the next character's meaning away, empty for none. ``lines``: it may go
    over line ends. ``hole``: what begins an expression in it, that a brace ends.
    """

    open: str
    close: str
    escape: str = "\\"
    lines: bool = False
    hole: str = ""


class Language(NamedTuple):
    """``line``: what begins a comment up to the line's end; ``block``: pairs around the others.

    ``quotes``: longer ones first. ``slashes``: regular expressions stand between slashes.
    ``heredoc``: what begins a here-document. ``nests``: comments stand in comments. ``begins``:
    what stands before it is no program.
    """

    line: tuple[str, ...]
    block: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]
    slashes: bool = False
    heredoc: str = ""
    nests: bool = False
    begins: str = ""


_C_COMMENTS = (("/*", "*/"),)
_DOUBLE, _SINGLE = Quote('"', '"'), Quote("'", "'")
# Characters that hold a quote or an escape; elsewhere the sign begins a lifetime or a symbol.
_CHARACTERS = (Quote("'\"", "'"), Quote("'\\", "'", ""))
_RAW3 = Quote('"""', '"""', "", lines=True)

LANGUAGES: dict[str, Language] = {
    "javascript": Language(
        ("//",),
        _C_COMMENTS,
        (_DOUBLE, _SINGLE, Quote("`", "`", lines=True, hole="${")),
        slashes=True,
    ),
    "go": Language(("//",), _C_COMMENTS, (_DOUBLE, _SINGLE, Quote("`", "`", "", lines=True))),
    "java": Language(("//",), _C_COMMENTS, (Quote('"""', '"""', lines=True), _DOUBLE, _SINGLE)),
    "kotlin": Language(
        ("//",), _C_COMMENTS, (_RAW3, Quote('"', '"', hole="${"), _SINGLE), nests=True
    ),
    "scala": Language(("//",), _C_COMMENTS, (_RAW3, _DOUBLE, *_CHARACTERS), nests=True),
    "ruby": Language(
        ("#",),
        (("\n=begin", "\n=end"),),
        (
            Quote('"', '"', lines=True, hole="#{"),
            Quote("'", "'", lines=True),
            Quote("`", "`", lines=True, hole="#{"),
        ),
        slashes=True,
        heredoc="<<",
    ),
    "php": Language(
        ("//", "#"),
        (*_C_COMMENTS, ("?>", "<?")),
        (Quote('"', '"', lines=True), Quote("'", "'", lines=True), Quote("`", "`", lines=True)),
        heredoc="<<<",
        begins="<?",
    ),
    "csharp": Language(
        ("//",),
        _C_COMMENTS,
        (
            _RAW3,
            *(Quote('$@"', '"', '"', lines=True), Quote('@$"', '"', '"', lines=True)),
            *(Quote('@"', '"', '"', lines=True), _DOUBLE, _SINGLE),
        ),
    ),
    "rust": Language(
        ("//",),
        _C_COMMENTS,
        (
            *(Quote('r##"', '"##', "", lines=True), Quote('r#"', '"#', "", lines=True)),
            *(Quote('r"', '"', "", lines=True), Quote('"', '"', lines=True)),
            *_CHARACTERS,
        ),
        nests=True,
    ),
    "groovy": Language(
        ("//",),
        _C_COMMENTS,
        (
            *(Quote('"""', '"""', lines=True, hole="${"), Quote("'''", "'''", lines=True)),
            *(Quote('"', '"', hole="${"), _SINGLE),
        ),
        slashes=True,
    ),
    "powershell": Language(
        ("#",),
        (("<#", "#>"),),
        (
            *(Quote('@"', '\n"@', "", lines=True), Quote("@'", "\n'@", "", lines=True)),
            *(Quote('"', '"', "`", lines=True), Quote("'", "'", "'", lines=True)),
        ),
    ),
}
