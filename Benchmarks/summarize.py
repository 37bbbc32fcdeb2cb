"""Reads the report of `longhaul run --json` and prints its throughput as a table in Markdown."""

import json
import sys

report = json.load(sys.stdin)
seconds = report["activeSeconds"]
steps = report["simulatedHours"] * 36_000
speed = report["egoKilometers"] / report["simulatedHours"] / 3.6
rows = [
    ("wall time", f"{seconds:,.0f} s"),
    ("rollouts", f"{report['rollouts']:,}"),
    ("ego-km per day", f"{report['egoKilometersPerDay'] / 1e6:.1f} million"),
    ("agent-km per day", f"{report['agentKilometersPerDay'] / 1e6:,.0f} million"),
    ("scene-steps per second", f"{steps / seconds:,.0f}"),
    ("agent-steps per second", f"{report['agentSteps'] / seconds / 1e6:.2f} million"),
    ("agents around the ego, mean", f"{report['agentSteps'] / steps - 1:.1f}"),
    ("mean speed of the ego", f"{speed:.1f} m/s"),
]
print("| figure | value |")
print("|---|---|")
for name, value in rows:
    print(f"| {name} | {value} |")
