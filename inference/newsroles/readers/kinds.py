"""Kinds of lines: what a page's markup says that a line of it is, the one list; see docs/use/kinds.md.

A line is of one kind. Where it stands comes first (comment, navigation, aside, footer, embed), then what it
is; the title stands above all.
"""

KINDS = (
    "line",
    "title",
    "heading",
    "paragraph",
    "quotation",
    "item",
    "cell",
    "caption",
    "byline",
    "link",
    "control",
    "embed",
    "comment",
    "navigation",
    "aside",
    "footer",
)
"""In the order of a model's tokens, which is why it only ever grows at its end."""

REGIONS = ("comment", "navigation", "aside", "footer", "embed")
"""Kinds that say where a line stands; the first that a line stands in is its kind."""
