"""The documentation as a site: sphinx-build -W -c docs . SITE, from the root of the repository.

The source folder is the root, so that README, the model card and the datasheets are pages too, and a link
between pages leads to the same place in the site and on the repository's web page.
"""

from pathlib import Path

from sphinx.application import Sphinx

project = "newsroles"
html_title = "newsroles"
html_theme = "furo"
html_extra_path = ["index.html"]  # leads to README
html_show_copyright = False
extensions = ["myst_parser", "sphinx.ext.autodoc"]

root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "data/**.md"]
exclude_patterns = [".*", "runs", "tests"]

smartquotes = False  # examples are shown as they are
myst_heading_anchors = 3
default_role = "code"  # docstrings put names in single backquotes
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

NAVIGATION = {
    "Use it": [
        "docs/quickstart",
        "docs/batch",
        "docs/scale",
        "docs/report",
        "docs/recipes",
        "docs/commands",
        "docs/api",
        "docs/record",
    ],
    "Understand it": [
        "docs/labels",
        "Model card <model_card>",
        "docs/performance",
        "docs/reliability",
        "docs/extractors",
        "docs/experiments",
    ],
    "Change it": [
        "docs/corrections",
        "docs/training",
        "docs/bring-your-own",
        "Starter corpus <data/README>",
        "Labels of real pages <data/real/README>",
        "CONTRIBUTING",
        "CHANGELOG",
    ],
}


def _add_navigation(_: Sphinx, page: str, content: list[str]) -> None:
    """Add the table of contents, which would only be in the way on the repository's web page."""
    if page == root_doc:
        listed = str(NAVIGATION.values())
        rest = sorted(f"docs/{path.stem}" for path in Path(__file__).parent.glob("*.md"))
        more = {"More": [name for name in rest if name not in listed]}
        content[0] += "".join(_toctree(caption, pages) for caption, pages in (NAVIGATION | more).items())


def _toctree(caption: str, pages: list[str]) -> str:
    return "\n".join(["\n```{toctree}", f":caption: {caption}", ":hidden:", "", *pages, "```\n"])


def setup(app: Sphinx) -> None:
    """Be asked by Sphinx for what settings cannot say."""
    app.connect("source-read", _add_navigation)
