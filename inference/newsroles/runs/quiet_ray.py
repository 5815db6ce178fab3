"""Ray Data, quiet, and on this machine alone unless it is told otherwise: the only module that imports it.

By itself Ray counts its users, talks through the machine's outward address, asks three clouds whether it runs
in one of them, and keeps a password in the user's home. What the user has set in the environment stands.
"""

import logging
import os
import secrets
import site
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from newsroles.errors import MissingExtra

_PASSWORD = secrets.token_hex(32)
"""Ray remembers a password while the process lives, so a second one must be started with the same."""


def load() -> Any:
    """Import Ray Data; without RAY_ADDRESS, for a Ray that uses the loopback interface only."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not os.environ.get("RAY_ADDRESS"):
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # as Ray does there, so everywhere
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtra("ray", "ray") from None
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray


@contextmanager
def home_of_its_own() -> Iterator[None]:
    """Have a Ray that starts inside take a password of ours, and write to a temporary home.

    It finds a cluster's settings there, empty ones, without which it asks clouds for them.
    """
    before = dict(os.environ)
    with TemporaryDirectory(prefix="newsroles-") as folder:
        (Path(folder) / "ray_bootstrap_config.yaml").write_text("{}\n", encoding="utf-8")
        os.environ["PYTHONUSERBASE"] = site.getuserbase()  # where `pip install --user` has put us
        os.environ["HOME"] = folder
        os.environ.setdefault("RAY_AUTH_TOKEN", _PASSWORD)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def stream_shards(ray: Any) -> None:
    """Have Ray Data pass on a row as soon as there is one, and draw no bars.

    `DataContext` is how Ray's guides set both. Its settings have been renamed before, and then they warn.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1
