"""SUMO's side: a ring of 5 km with four lanes, IDM and SUMO's lane changes, steps of 0.1 s, in-process (libsumo).

    python3 sumo_ring.py [CPU-SECONDS] [SECONDS-BETWEEN-DECISIONS]

Drivers decide in every step, or more rarely where the second argument says so; everybody moves in every step.
Prints one line of JSON. Only the steps are timed, by CPU time; building the ring and inserting the vehicles is not.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import libsumo
import sumo

LENGTH = 5000.0
VEHICLES = 400
LANES = 4
SPEED_LIMIT = 33.0
EDGES = 4
SETTLING_SECONDS = 20.0

# The numbers of Longhaul's `PolicyParameters`; desired speeds differ by 10 % from driver to driver.
VEHICLE_TYPE = (
    '<vType id="car" carFollowModel="IDM" length="4.7" minGap="2" tau="1.5" accel="1.4" decel="2"'
    ' emergencyDecel="8" maxSpeed="60" speedFactor="normc(1,0.1,0.7,1.3)"/>'
)


def write_ring(folder: Path) -> Path:
    """Nodes on a circle, joined by arcs; netconvert makes the network of them."""
    radius = LENGTH / (2 * math.pi)

    def point(turn: float) -> str:
        angle = 2 * math.pi * turn
        return f"{radius * math.cos(angle):.2f},{radius * math.sin(angle):.2f}"

    nodes, edges = [], []
    for edge in range(EDGES):
        x, y = point(edge / EDGES).split(",")
        nodes.append(f'<node id="n{edge}" x="{x}" y="{y}" type="priority"/>')
        arc = " ".join(point((edge + share / 50) / EDGES) for share in range(51))
        edges.append(
            f'<edge id="e{edge}" from="n{edge}" to="n{(edge + 1) % EDGES}" numLanes="{LANES}"'
            f' speed="{SPEED_LIMIT}" shape="{arc}" length="{LENGTH / EDGES}"/>'
        )
    (folder / "ring.nod.xml").write_text(f"<nodes>{''.join(nodes)}</nodes>")
    (folder / "ring.edg.xml").write_text(f"<edges>{''.join(edges)}</edges>")
    network = folder / "ring.net.xml"
    subprocess.run(
        [
            Path(sumo.SUMO_HOME) / "bin" / "netconvert", "--no-turnarounds", "--no-internal-links",
            "--node-files", folder / "ring.nod.xml", "--edge-files", folder / "ring.edg.xml",
            "--output-file", network,
        ],
        check=True, stdout=subprocess.DEVNULL,
    )
    return network


def write_vehicles(folder: Path) -> Path:
    """All vehicles on the ring from the start, evenly spaced on every lane, going round for ever."""
    lines = [VEHICLE_TYPE]
    for edge in range(EDGES):
        around = " ".join(f"e{(edge + ahead) % EDGES}" for ahead in range(EDGES))
        lines.append(f'<route id="r{edge}" edges="{around}" repeat="10000"/>')
    spacing = LENGTH * LANES / VEHICLES
    for number in range(VEHICLES):
        position = (number // LANES + (number % LANES) / LANES) * spacing
        edge, along = divmod(position, LENGTH / EDGES)
        lines.append(
            f'<vehicle id="{number}" type="car" route="r{int(edge)}" depart="0" departLane="{number % LANES}"'
            f' departPos="{max(along, 4.7):.2f}" departSpeed="20"/>'
        )
    routes = folder / "ring.rou.xml"
    routes.write_text(f"<routes>{''.join(lines)}</routes>")
    return routes


def main() -> None:
    budget = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    decisions = sys.argv[2] if len(sys.argv) > 2 else "0.1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        libsumo.start([
            "sumo", "--net-file", str(write_ring(folder)), "--route-files", str(write_vehicles(folder)),
            "--step-length", "0.1", "--default.action-step-length", decisions,
            "--collision.action", "none", "--time-to-teleport", "-1",
            "--no-step-log", "true", "--no-warnings", "true", "--threads", "1",
        ])
        libsumo.simulation.step(SETTLING_SECONDS)
        vehicles = libsumo.vehicle.getIDCount()
        if vehicles != VEHICLES:
            sys.exit(f"sumo_ring: {vehicles} of {VEHICLES} vehicles are on the ring")
        distance = sum(libsumo.vehicle.getDistance(name) for name in libsumo.vehicle.getIDList())
        steps, simulated = 0, SETTLING_SECONDS
        start = time.process_time()
        while (elapsed := time.process_time() - start) < budget:
            simulated += 10
            libsumo.simulation.step(simulated)
            steps += 100
        distance = sum(libsumo.vehicle.getDistance(name) for name in libsumo.vehicle.getIDList()) - distance
        libsumo.close()
    print(json.dumps({
        "cpuSeconds": elapsed,
        "agentStepsPerSecond": steps * vehicles / elapsed,
        "meanSpeed": distance / (vehicles * steps * 0.1),
    }))


if __name__ == "__main__":
    main()
