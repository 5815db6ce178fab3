"""A process of speed.py that holds one engine: it opens it, labels a page, then does what it is asked for.

    python benchmarks/speed/worker.py NAME '{"threads": 1, "made": ..., "model": ..., "page": ...}'

Asked for on stdin are files to label, a JSON object a line; what that took is answered on stdout.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from engines import ENGINES, Setting


def memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    peaks = [int(line.split()[1]) * 1_024 for line in lines if line.startswith("VmHWM")]
    unit = 1 if sys.platform == "darwin" else 1_024
    return peaks[0] if peaks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Serve until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    asked = json.loads(sys.argv[2])
    page, out = Path(asked["page"]), Path(f"{asked['page']}.{os.getpid()}")
    model = Path(asked["model"]) if asked["model"] else None
    engine = ENGINES[sys.argv[1]].open(Setting(asked["threads"], Path(asked["made"]), model))

    def label(pages: Path, out: Path) -> dict[str, Any]:
        engine.runs.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        engine.label(pages, out)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"seconds": wall, "cpu": cpu, "runs": engine.runs, "memory": memory()}

    answers.write(json.dumps(label(page, out)) + "\n")
    out.unlink()
    for line in sys.stdin:
        files = json.loads(line)
        answers.write(json.dumps(label(Path(files["pages"]), Path(files["out"]))) + "\n")


if __name__ == "__main__":
    main()
