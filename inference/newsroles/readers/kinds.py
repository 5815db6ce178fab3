"""Kinds of lines: what a page's markup says that a line of it is, the one list.

| kind | what it is, and what says so |
|---|---|
| title | the story's own headline: an `<h1>`, or what `og:title`, JSON-LD or `<title>` repeat |
| heading | any other heading |
| paragraph | `<p>` |
| quotation | `<blockquote>`, a pull quote |
| item | an item of a list, a term or its description |
| cell | a cell of a table |
| caption | `<figcaption>`, a table's caption, a credit |
| byline | who wrote it, and when: `<address>`, `<time>`, `rel=author`, "byline", "dateline" |
| link | a line that is links and nothing else |
| control | a button, a label, a form |
| embed | an embedded post |
| comment | what readers wrote, and all around it |
| navigation | menus, breadcrumbs, a site's header |
| aside | sidebars, related stories, newsletters, advertisements, sharing |
| footer | what ends the page or the story |
| line | anything else, and all of plain text |

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
