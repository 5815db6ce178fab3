"""How this package was installed, and so how one more of its extras is."""

import json
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import unquote, urlsplit


def pip_line(extra: str) -> str:
    """Return the command that adds `extra` from where the package came: a clone, a wheel or an index."""
    origin = _origin()
    path = unquote(urlsplit(origin["url"]).path) if origin.get("url", "").startswith("file:") else ""
    editable = ["-e"] if path and origin.get("dir_info", {}).get("editable") else []
    what = f"{path or 'newsroles'}[{extra}]"
    if "vcs_info" in origin:
        what += f" @ {origin['vcs_info']['vcs']}+{origin['url']}@{origin['vcs_info']['commit_id']}"
    return shlex.join([sys.executable, "-m", "pip", "install", *editable, what])


def _origin() -> dict[str, Any]:
    """Read what pip notes of a package that is not from an index (PEP 610); else nothing."""
    try:
        noted = distribution("newsroles").read_text("direct_url.json")
    except PackageNotFoundError:
        return {}
    return dict(json.loads(noted)) if noted else {}
