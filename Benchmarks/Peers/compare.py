#!/usr/bin/env python3
"""Longhaul beside SUMO and highway-env: the same machine, the same core, the same minutes.

    Benchmarks/Peers/compare.py [--rounds N] [--seconds S] [--core K] [--json FILE]

Installs the peers from PyPI into a virtual environment under ~/.cache, builds PeerRun, and runs all of them in
turn, round after round, each pinned to one core. Rates are per second of CPU time, so that what else the machine
does costs them all alike. Prints medians with their range, and ratios.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REQUIREMENTS = HERE / "requirements.txt"

# Title, unit, ours, the peer, and the figure that is divided.
COMPARISONS = [
    ("rules, deciding each 0.1 s", "vehicle-steps/s", "longhaul rules", "SUMO", "agentStepsPerSecond"),
    ("learned beside rules, deciding each 0.5 s", "vehicle-steps/s", "longhaul learned", "SUMO 0.5 s",
     "agentStepsPerSecond"),
    ("policy under test", "ego-km/day", "longhaul learned", "highway-env", "egoKilometersPerDay"),
]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each runs (default: 5)")
    parser.add_argument("--seconds", type=float, default=5, help="CPU seconds per run (default: 5)")
    parser.add_argument("--core", type=int, default=0, help="the core that all are pinned to (default: 0)")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    parser.add_argument("--peer-run", type=Path, help="a PeerRun that is built already")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or chosen.seconds <= 0:
        parser.error("--rounds takes a number from 1, --seconds one above 0")
    return chosen


def peers_python() -> Path:
    """The interpreter of a virtual environment that holds the peers, made or brought up to date if need be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "longhaul" / "peers"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS],
        check=True, stdout=sys.stderr,
    )
    return python


def built_peer_run() -> Path:
    build = ["swift", "build", "--package-path", ROOT / "Benchmarks", "--configuration", "release"]
    subprocess.run([*build, "--product", "PeerRun"], check=True, stdout=sys.stderr)
    folder = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
    return Path(folder.strip()) / "PeerRun"


def measure(command: list, core: int) -> dict:
    """Runs a command pinned to a core; its last line of output is one JSON object."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        ["taskset", "--cpu-list", str(core), *map(str, command)],
        check=True, stdout=subprocess.PIPE, text=True, env=environment,
    )
    return json.loads(done.stdout.splitlines()[-1])


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def versions(python: Path) -> dict:
    """Exact versions of the peers, of Longhaul's commit, and of what they ran on."""
    commit = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True,
    ).stdout.strip()
    peers = dict(line.split("==") for line in REQUIREMENTS.read_text().split())
    interpreter = subprocess.run([python, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    return {"longhaul": commit or "unknown", **peers, "python": interpreter, "cpu": processor()}


def main() -> None:
    chosen = options()
    python = peers_python()
    peer_run = chosen.peer_run or built_peer_run()
    contenders = {
        "longhaul rules": [peer_run, "rules", chosen.seconds],
        "SUMO": [python, HERE / "sumo_ring.py", chosen.seconds],
        "SUMO 0.5 s": [python, HERE / "sumo_ring.py", chosen.seconds, 0.5],
        "longhaul learned": [peer_run, "learned", chosen.seconds],
        "highway-env": [python, HERE / "highway.py", chosen.seconds],
    }
    runs = {name: [] for name in contenders}
    for number in range(chosen.rounds):
        print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr)
        for name, command in contenders.items():
            runs[name].append(measure(command, chosen.core))

    about = {"date": datetime.date.today().isoformat(), **versions(python)}
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    print(f"medians of {chosen.rounds} rounds of {chosen.seconds:g} CPU seconds on one core (lowest to highest)\n")
    results = [show(comparison, runs) for comparison in COMPARISONS]
    if chosen.json:
        chosen.json.write_text(json.dumps({"about": about, "results": results, "runs": runs}, indent=2) + "\n")


def show(comparison: tuple, runs: dict) -> dict:
    """Prints one comparison and says it as a dictionary."""
    title, unit, ours, peer, figure = comparison
    medians = {}
    print(f"{title}, {unit}")
    for name in (ours, peer):
        values = sorted(run[figure] for run in runs[name])
        medians[name] = statistics.median(values)
        print(f"  {name:<18}{medians[name]:>14,.0f}  ({values[0]:,.0f} to {values[-1]:,.0f})")
    ratio = medians[ours] / medians[peer]
    print(f"  {'ratio':<18}{ratio:>14,.1f}\n")
    return {"title": title, "unit": unit, "medians": medians, "ratio": ratio}


if __name__ == "__main__":
    main()
