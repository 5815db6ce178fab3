"""How many CPUs this process may use."""

import os
import sys
from pathlib import Path


def usable_cpus(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Count the CPUs that this process may use, or all where the system does not tell (macOS, Windows).

    A container may use all of them, yet for a share of the time only (cgroup): that counts as fewer.
    """
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cpus, _granted(groups)))


def _granted(groups: Path) -> int:
    """Read how many CPUs' time a container is granted, rounded up; very many where there is no limit."""
    files = (groups / "cpu.max",), (groups / "cpu" / "cpu.cfs_quota_us", groups / "cpu" / "cpu.cfs_period_us")
    for paths in files:  # version 2 has both numbers in one file; version 1 says -1 for "max"
        try:
            quota, period = (int(word) for path in paths for word in path.read_text("utf-8").split())
        except (OSError, ValueError):
            continue
        if quota > 0 < period:
            return -(-quota // period)
    return sys.maxsize
