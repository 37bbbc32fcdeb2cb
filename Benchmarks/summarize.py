"""Prints the throughput of a `longhaul run --json` as a table in Markdown.

Arguments: the report, what `Scaling rate` printed before and after the run, and what `watch_memory.py` printed.
"""

import json
import sys


def numbers(path):
    with open(path) as file:
        return json.load(file)


report, before, after = (numbers(path) for path in sys.argv[1:4])
with open(sys.argv[4]) as file:
    memory = [tuple(map(float, line.split())) for line in file]
end = memory[-1][0]
early = max(size for time, size in memory if time < 0.2 * end)
late = max(size for time, size in memory if time > 0.8 * end)
seconds = report["activeSeconds"]
steps = report["simulatedHours"] * 36_000
speed = report["egoKilometers"] / report["simulatedHours"] / 3.6
# Every agent but the ego decides each five steps; while a scene settles, too.
evaluations = (report["agentSteps"] - steps) / 5 * before["settling"]
network = 2 * before["multiplyAdds"] * evaluations / seconds
peak = (before["flopsPerSecond"] + after["flopsPerSecond"]) / 2
rows = [
    ("wall time", f"{seconds:,.0f} s"),
    ("rollouts", f"{report['rollouts']:,}"),
    ("ego-km per day", f"{report['egoKilometersPerDay'] / 1e6:.1f} million"),
    ("agent-km per day", f"{report['agentKilometersPerDay'] / 1e6:,.0f} million"),
    ("scene-steps per second", f"{steps / seconds:,.0f}"),
    ("agent-steps per second", f"{report['agentSteps'] / seconds / 1e6:.2f} million"),
    ("agents around the ego, mean", f"{report['agentSteps'] / steps - 1:.1f}"),
    ("mean speed of the ego", f"{speed:.1f} m/s"),
    ("network, multiply-adds a decision", f"{before['multiplyAdds']:,}"),
    (
        f"share of {before['threads']} threads' measured peak that the network needs",
        f"{100 * network / peak:.0f} % of {peak / 1e9:.0f} GFLOP/s",
    ),
    ("memory of the larger worker, first and last fifth of the run", f"{early:.0f} MB, {late:.0f} MB"),
]
print("| figure | value |")
print("|---|---|")
for name, value in rows:
    print(f"| {name} | {value} |")
