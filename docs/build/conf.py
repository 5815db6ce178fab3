"""The documentation as a site: sphinx-build -W -c docs/build . SITE, from the root of the repository.

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
include_patterns = ["*.md", "docs/**.md", "data/**.md"]
exclude_patterns = [".*", "runs", "tests"]

smartquotes = False  # examples are shown as they are
myst_heading_anchors = 3
default_role = "code"  # docstrings put names in single backquotes
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

ROOT = Path(__file__).parents[2]
NAVIGATION = {
    "Use it": [
        "docs/use/quickstart",
        "docs/use/batch",
        "docs/use/scale",
        "docs/use/report",
        "docs/use/who",
        "docs/use/recipes",
        "docs/use/commands",
        "docs/use/api",
        "docs/use/record",
        "docs/use/kinds",
    ],
    "Train it": [
        "docs/train/labels",
        "docs/train/who",
        "docs/train/training",
        "docs/train/corrections",
        "docs/train/bring-your-own",
        "Starter corpus <data/README>",
        "Labels of real pages <data/real/README>",
    ],
    "Trust it": [
        "Model card <model_card>",
        "docs/trust/comparisons",
        "docs/trust/extractors",
        "docs/trust/names",
        "docs/trust/performance",
        "docs/trust/reliability",
    ],
    "Work on it": [
        "docs/architecture",
        "docs/work/experiments",
        "CONTRIBUTING",
        "CHANGELOG",
    ],
}


def _add_navigation(_: Sphinx, page: str, content: list[str]) -> None:
    """Add the table of contents, which would only be in the way on the repository's web page."""
    if page == root_doc:
        listed = str(NAVIGATION.values())
        pages = (ROOT / "docs").rglob("*.md")
        rest = sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in pages)
        more = {"More": [name for name in rest if name not in listed]}
        content[0] += "".join(_toctree(caption, pages) for caption, pages in (NAVIGATION | more).items())


def _toctree(caption: str, pages: list[str]) -> str:
    return "\n".join(["\n```{toctree}", f":caption: {caption}", ":hidden:", "", *pages, "```\n"])


def setup(app: Sphinx) -> None:
    """Be asked by Sphinx for what settings cannot say."""
    app.connect("source-read", _add_navigation)
