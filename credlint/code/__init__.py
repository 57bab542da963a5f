"""Rules about code and infrastructure: readers by format, checks by rule, edits.

At the top: what every format shares (the analyser, names and values of keys, addresses). A room for
each language or kind of file has its reader, its edits, and a module ``check`` for each rule.
"""
