"""Attacks on HTML cleaners, from the tests in the sources of bleach, feedparser, lxml_html_clean and ammonia.

Takes the folder of the corpora; prints a JSON list of {source, html}. What has nothing in it
that may run, load or navigate is left out.
"""

import ast
import html
import json
import pathlib
import re
import sys

ATTACK = re.compile(
    r"script|\bon\w+\s*=|<\s*(iframe|object|embed|applet|meta|link|base|form|svg|math|style|xml|frame|bgsound|layer)"
    r"|\b(src|background|action|formaction|poster|data|dynsrc|lowsrc|srcset|style)\s*=|expression|data:|url\(",
    re.IGNORECASE,
)


def python_strings(text):
    """Every text in a Python program that has a tag in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def rust_strings(text):
    for raw, plain in re.findall(r'r#*"(.*?)"#|"((?:[^"\\]|\\.)*)"', text, re.DOTALL):
        if raw:
            yield raw
        else:
            plain = re.sub(r"\\\n\s*", "", plain)
            plain = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: chr(int(found[1], 16)), plain)
            yield plain.replace('\\"', '"').replace("\\n", "\n").replace("\\'", "'").replace("\\\\", "\\")


def before_the_answer(text):
    """What stands before the line `--`, behind which bleach keeps the expected answer."""
    yield text.split("\n--\n")[0]


def feed(text):
    """What stands in a feed's elements, escaped or not."""
    text = re.sub(r"^<!--.*?-->", "", text, flags=re.DOTALL)
    for _, inner in re.findall(r"<(content|description|summary|title|body|div|tagline|copyright|info)\b[^>]*>(.*?)</\1>", text, re.DOTALL):
        cdata = re.fullmatch(r"\s*<!\[CDATA\[(.*)\]\]>\s*", inner, re.DOTALL)
        yield cdata[1] if cdata else html.unescape(inner) if "&lt;" in inner else inner


SOURCES = [
    ("sources/bleach-*/tests/*.py", python_strings),
    ("sources/bleach-*/tests/data/*.test", before_the_answer),
    ("sources/feedparser-*/tests/wellformed/sanitize/*.xml", feed),
    ("sources/feedparser-*/tests/illformed/*.xml", feed),
    ("sources/lxml_html_clean-*/tests/*.py", python_strings),
    ("crates/ammonia/src/lib.rs", rust_strings),
]

root = pathlib.Path(sys.argv[1])
seen = {}
for pattern, read in SOURCES:
    for path in sorted(root.glob(pattern)):
        for found in read(path.read_text(encoding="utf-8", errors="replace")):
            if "<" in found and ATTACK.search(found) and found not in seen:
                seen[found] = {"source": str(path.relative_to(root)), "html": found}
json.dump(list(seen.values()), sys.stdout)
