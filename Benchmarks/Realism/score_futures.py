#!/usr/bin/env python3
"""A second opinion on `longhaul evaluate`: scores a futures CSV against the scene it was made from.

    longhaul futures SCENE.xml.gz --output futures.csv
    python3 Benchmarks/Realism/score_futures.py SCENE.xml.gz futures.csv

Written from the definition of the Waymo Open Sim Agents Challenge (2025), adapted to these recordings, and
shares no code with Longhaul. Reads CommonRoad scenes (2018b, 2020a; plain or .gz). Needs NumPy.

Per component and agent one histogram over rollouts and steps, pseudocount 0.1, log probability of the
recorded value at each recorded step, mean over agents and steps, exponentiated. Collision and off-road are
"ever in the rollout", pseudocount 0.5. Speed, acceleration and turn rate come from local quadratic fits
over +-0.8 s of past and future. Agents are judged, and stand in others' way, while they are recorded.
"""
import argparse
import csv
import gzip
import json
import xml.etree.ElementTree as ElementTree

import numpy as np

COMPONENTS = {  # weight, (low, high, bins) fine, (low, high, bins) published
    "speed": (0.05, (0, 40, 20), (0, 25, 10)),
    "acceleration": (0.05, (-4, 4, 17), (-12, 12, 11)),
    "turnRate": (0.05, (-0.2, 0.2, 17), (-0.628, 0.628, 11)),
    "turnAcceleration": (0.05, (-0.8, 0.8, 17), (-3.14, 3.14, 11)),
    "nearestObject": (0.10, (-1, 20, 14), (-5, 40, 10)),
    "timeToCollision": (0.10, (0, 5, 10), (0, 5, 10)),
    "roadEdge": (0.05, (-12, 4, 16), (-20, 40, 10)),
    "collision": (0.25, None, None),
    "offRoad": (0.25, None, None),
}
REACH = 8  # frames to either side of a fit
OPEN_END = 200.0
NO_OBJECT = 40.0


# --- reading -----------------------------------------------------------------------------------------


def read_scene(path):
    """Lanelets (left, right, open start, open end) and obstacles {id: (length, width, {frame: x, y, heading})}."""
    opener = gzip.open if open(path, "rb").read(2) == b"\x1f\x8b" else open
    with opener(path, "rb") as file:
        root = ElementTree.parse(file).getroot()
    step = float(root.get("timeStepSize"))

    def points(element):
        line = np.array([[float(p.find("x").text), float(p.find("y").text)] for p in element.findall("point")])
        return line[np.append(True, np.any(line[1:] != line[:-1], axis=1))]  # some files repeat points

    lanelets = [
        (points(l.find("leftBound")), points(l.find("rightBound")), l.find("predecessor") is None, l.find("successor") is None)
        for l in root.findall("lanelet")
    ]
    obstacles = {}
    for o in root.findall("dynamicObstacle") + [o for o in root.findall("obstacle") if o.find("role").text == "dynamic"]:
        if o.find("type").text in ("pedestrian", "bicycle"):
            continue
        box = o.find("shape/rectangle")
        states = {}
        for s in [o.find("initialState")] + o.findall("trajectory/state"):
            at = s.find("position/point")
            frame = round(float(s.find("time/exact").text) * step / 0.1)
            states[frame] = (float(at.find("x").text), float(at.find("y").text), float(s.find("orientation/exact").text))
        obstacles[int(o.get("id"))] = (float(box.find("length").text), float(box.find("width").text), states)
    return lanelets, obstacles


def read_futures(path):
    """{agent: array [rollout, step, (x, y, heading)]}, and the first frame."""
    rows = {}
    with open(path, newline="") as file:
        for r in csv.DictReader(file):
            frame = round(float(r["time_s"]) * 10)
            rows.setdefault(int(r["agent"]), {})[(int(r["rollout"]), frame)] = (
                float(r["x_m"]), float(r["y_m"]), float(r["heading_rad"]))
    frames = sorted({f for agent in rows.values() for _, f in agent})
    rollouts = 1 + max(r for agent in rows.values() for r, _ in agent)
    futures = {
        agent: np.array([[states[(r, f)] for f in frames] for r in range(rollouts)])
        for agent, states in rows.items()
    }
    return futures, frames[0]


# --- the road ----------------------------------------------------------------------------------------


def inside(points, polygon):
    """Which points lie in a polygon (crossing number)."""
    result = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    a = polygon
    b = np.roll(polygon, -1, axis=0)
    for (ax, ay), (bx, by) in zip(a, b):
        crosses = (ay > y) != (by > y)
        if crosses.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                result ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return result


class Road:
    """Union of the lanelets, open ends extended; distances to its edge from small pieces of its outline."""

    def __init__(self, lanelets, piece=0.1):
        self.polygons = []
        for left, right, no_predecessor, no_successor in lanelets:
            self.polygons.append(np.vstack([left, right[::-1]]))
            if no_successor:
                along = (left[-1] - left[-2]) / np.linalg.norm(left[-1] - left[-2])
                along = along + (right[-1] - right[-2]) / np.linalg.norm(right[-1] - right[-2])
                on = OPEN_END * along / np.linalg.norm(along)
                self.polygons.append(np.array([left[-1], left[-1] + on, right[-1] + on, right[-1]]))
            if no_predecessor:
                along = (left[0] - left[1]) / np.linalg.norm(left[0] - left[1])
                along = along + (right[0] - right[1]) / np.linalg.norm(right[0] - right[1])
                on = OPEN_END * along / np.linalg.norm(along)
                self.polygons.append(np.array([right[0], right[0] + on, left[0] + on, left[0]]))
        self.boxes = [(p.min(0), p.max(0)) for p in self.polygons]
        edge = []
        for polygon in self.polygons:
            after = np.roll(polygon, -1, axis=0)
            area = np.sum(polygon[:, 0] * after[:, 1] - polygon[:, 1] * after[:, 0])
            for a, b in zip(polygon, after):
                length = np.linalg.norm(b - a)
                if length < 1e-6:
                    continue
                count = max(1, int(np.ceil(length / piece)))
                middles = a + np.outer((np.arange(count) + 0.5) / count, b - a)
                along = (b - a) / length
                outward = np.array([along[1], -along[0]]) * (1 if area > 0 else -1)
                edge.append(middles[~self.contains(middles + 0.1 * outward)])
        self.edge = np.vstack(edge)
        self.cells = {}
        for index, cell in enumerate(map(tuple, np.floor(self.edge / 10).astype(int))):
            self.cells.setdefault(cell, []).append(index)

    def contains(self, points):
        """True on the road, and in hairline gaps between lanelets (closed by trying 6 cm to each side)."""
        result = np.zeros(len(points), bool)
        for shift in ((0, 0), (0.06, 0), (-0.06, 0), (0, 0.06), (0, -0.06)):
            result |= self.covers(points + np.array(shift))
        return result

    def covers(self, points):
        result = np.zeros(len(points), bool)
        for polygon, (low, high) in zip(self.polygons, self.boxes):
            near = np.all((points >= low) & (points <= high), axis=1) & ~result
            if near.any():
                result[near] = inside(points[near], polygon)
        return result

    def signed_distance(self, points):
        """Metres to the edge, negative on the road; beyond 20 m only a bound."""
        result = np.full(len(points), NO_OBJECT)
        cells = np.floor(points / 10).astype(int)
        for cell in np.unique(cells, axis=0):
            mine = np.all(cells == cell, axis=1)
            near = [i for dx in range(-2, 3) for dy in range(-2, 3) for i in self.cells.get((cell[0] + dx, cell[1] + dy), [])]
            if near:
                edge = self.edge[near]
                where = np.flatnonzero(mine)
                for start in range(0, len(where), 2000):
                    part = where[start:start + 2000]
                    away = ((points[part, None, :] - edge[None]) ** 2).sum(2).min(1)
                    result[part] = np.sqrt(away)
        return np.where(self.contains(points), -result, result)


def corners(x, y, heading, length, width):
    """[..., 4, 2]"""
    ahead = np.stack([np.cos(heading), np.sin(heading)], -1) * length / 2
    left = np.stack([-np.sin(heading), np.cos(heading)], -1) * width / 2
    centre = np.stack([x, y], -1)
    return np.stack([centre + ahead + left, centre + ahead - left, centre - ahead - left, centre - ahead + left], -2)


# --- measuring ---------------------------------------------------------------------------------------


def derivatives(values):
    """First and second derivative along the last axis, from local quadratic fits."""
    count = values.shape[-1]
    first = np.zeros(values.shape)
    second = np.zeros(values.shape)
    for centre in range(count):
        low, high = max(0, centre - REACH), min(count - 1, centre + REACH)
        t = 0.1 * (np.arange(low, high + 1) - centre)
        degree = min(2, len(t) - 1)
        basis = np.vander(t, degree + 1, increasing=True)
        solution = np.linalg.pinv(basis) @ (values[..., low:high + 1] - values[..., centre:centre + 1]).reshape(-1, len(t)).T
        if degree >= 1:
            first[..., centre] = solution[1].reshape(values.shape[:-1])
        if degree >= 2:
            second[..., centre] = 2 * solution[2].reshape(values.shape[:-1])
    return first, second


def box_distance(a, b):
    """Signed distance between two boxes given as arrays [..., (x, y, cos, sin, half length, half width)]."""
    dx, dy = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    c = np.abs(a[..., 2] * b[..., 2] + a[..., 3] * b[..., 3])
    s = np.abs(a[..., 2] * b[..., 3] - a[..., 3] * b[..., 2])
    gaps = np.stack([
        np.abs(dx * a[..., 2] + dy * a[..., 3]) - a[..., 4] - b[..., 4] * c - b[..., 5] * s,
        np.abs(dy * a[..., 2] - dx * a[..., 3]) - a[..., 5] - b[..., 4] * s - b[..., 5] * c,
        np.abs(dx * b[..., 2] + dy * b[..., 3]) - b[..., 4] - a[..., 4] * c - a[..., 5] * s,
        np.abs(dy * b[..., 2] - dx * b[..., 3]) - b[..., 5] - a[..., 4] * s - a[..., 5] * c], -1).max(-1)

    def to_corners(box, other):
        nearest = np.full(dx.shape, np.inf)
        for along in (1, -1):
            for across in (1, -1):
                px = other[..., 0] + along * other[..., 4] * other[..., 2] - across * other[..., 5] * other[..., 3] - box[..., 0]
                py = other[..., 1] + along * other[..., 4] * other[..., 3] + across * other[..., 5] * other[..., 2] - box[..., 1]
                u = np.maximum(0, np.abs(px * box[..., 2] + py * box[..., 3]) - box[..., 4])
                v = np.maximum(0, np.abs(py * box[..., 2] - px * box[..., 3]) - box[..., 5])
                nearest = np.minimum(nearest, np.hypot(u, v))
        return nearest

    return np.where(gaps <= 0, gaps, np.minimum(to_corners(a, b), to_corners(b, a)))


def measure(paths, sizes, recorded, past, road):
    """All components of every agent and step.

    paths: list per agent of [rollouts, past + steps, 3]; sizes: [(length, width)]; recorded: steps of each
    agent after the start; past: list of frames of past in each path. Returns {component: [agent][rollout, step]}.
    """
    agents = len(paths)
    result = {name: [None] * agents for name in COMPONENTS if COMPONENTS[name][1]}
    boxes, speeds = [], []
    steps = max(recorded)
    for agent in range(agents):
        length, width = sizes[agent]
        path, begin = paths[agent][:, :past[agent] + recorded[agent]], past[agent]
        x, y, heading = path[..., 0], path[..., 1], np.unwrap(path[..., 2], axis=-1)
        vx, ax = derivatives(x)
        vy, ay = derivatives(y)
        turn, turn_change = derivatives(heading)
        cos, sin = np.cos(heading), np.sin(heading)
        result["speed"][agent] = np.hypot(vx, vy)[:, begin:]
        result["acceleration"][agent] = (ax * cos + ay * sin)[:, begin:]
        result["turnRate"][agent] = turn[:, begin:]
        result["turnAcceleration"][agent] = turn_change[:, begin:]
        c = corners(x[:, begin:], y[:, begin:], heading[:, begin:], length, width)
        distance = road.signed_distance(c.reshape(-1, 2)) if c.size else np.zeros(0)
        result["roadEdge"][agent] = distance.reshape(*c.shape[:2], 4).max(-1)
        box = np.full((path.shape[0], steps, 6), np.nan)
        box[:, :recorded[agent]] = np.stack([
            x[:, begin:], y[:, begin:], cos[:, begin:], sin[:, begin:],
            np.full(x[:, begin:].shape, length / 2), np.full(x[:, begin:].shape, width / 2)], -1)
        boxes.append(box)
        speed = np.full((path.shape[0], steps), np.nan)
        speed[:, :recorded[agent]] = result["speed"][agent]
        speeds.append(speed)
    boxes, speeds = np.array(boxes), np.array(speeds)
    for agent in range(agents):
        me = boxes[agent]
        nearest = np.full(me.shape[:2], NO_OBJECT)
        gap = np.full(me.shape[:2], np.inf)
        ahead_speed = np.zeros(me.shape[:2])
        for other in range(agents):
            if other == agent:
                continue
            it = boxes[other]
            with np.errstate(invalid="ignore"):
                d = box_distance(me, it)
                nearest = np.fmin(nearest, d)
                dx, dy = it[..., 0] - me[..., 0], it[..., 1] - me[..., 1]
                cos = me[..., 2] * it[..., 2] + me[..., 3] * it[..., 3]
                sin = np.abs(me[..., 2] * it[..., 3] - me[..., 3] * it[..., 2])
                along = dx * me[..., 2] + dy * me[..., 3]
                across = np.abs(dy * me[..., 2] - dx * me[..., 3])
                distance = along - me[..., 4] - it[..., 4] * np.abs(cos) - it[..., 5] * sin
                beside = across - me[..., 5] - it[..., 5] * np.abs(cos) - it[..., 4] * sin
                follows = (cos >= np.cos(np.radians(75))) & ((beside < -0.5) | (cos >= np.cos(np.radians(10))))
                better = follows & (along > 0) & (distance > 0) & (beside < 0) & (distance < gap)
            gap = np.where(better, distance, gap)
            ahead_speed = np.where(better, speeds[other], ahead_speed)
        with np.errstate(divide="ignore", invalid="ignore"):
            closing = speeds[agent] - ahead_speed
            ttc = np.where(closing > 0, np.minimum(5, gap / closing), 5.0)
        result["nearestObject"][agent] = nearest[:, :recorded[agent]]
        result["timeToCollision"][agent] = ttc[:, :recorded[agent]]
    return result


# --- scoring -----------------------------------------------------------------------------------------


def likelihood(actual, simulated, bins):
    low, high, count = bins

    def index(values):
        return np.clip(np.floor((values - low) / (high - low) * count), 0, count - 1).astype(int)

    logs = []
    for truth, values in zip(actual, simulated):
        if truth.size == 0:
            continue
        histogram = np.bincount(index(values).ravel(), minlength=count) + 0.1
        logs.append(np.log(histogram[index(truth).ravel()] / histogram.sum()))
    return float(np.exp(np.concatenate(logs).mean()))


def event(actual, simulated, threshold_passed, leave_out):
    logs, happened, total = [], 0, 0
    for truth, values in zip(actual, simulated):
        if truth.size == 0:
            continue
        real = threshold_passed(truth).any()
        if leave_out and real:
            continue
        ever = threshold_passed(values).any(-1)
        happened, total = happened + ever.sum(), total + len(ever)
        matching = ever.sum() if real else len(ever) - ever.sum()
        logs.append(np.log((matching + 0.5) / (len(ever) + 1)))
    return (float(np.exp(np.mean(logs))) if logs else 1.0), happened / max(total, 1)


def score(scene_path, futures_path):
    lanelets, obstacles = read_scene(scene_path)
    futures, first = read_futures(futures_path)
    start = first - 1
    steps = next(iter(futures.values())).shape[1]
    present = sorted(i for i, (_, _, states) in obstacles.items() if start in states)
    if present != sorted(futures):
        raise SystemExit(f"{futures_path}: agents differ from those recorded at {start / 10} s")
    simulated, actual, sizes, recorded, past = [], [], [], [], []
    for i in present:
        length, width, states = obstacles[i]
        before = [states[f] for f in range(start - REACH, start + 1) if f in states]
        after = []
        while len(after) < steps and first + len(after) in states:
            after.append(states[first + len(after)])
        rollouts = futures[i].shape[0]
        history = np.broadcast_to(np.array(before), (rollouts, len(before), 3))
        simulated.append(np.concatenate([history, futures[i]], 1))
        actual.append(np.array([before + after]))
        sizes.append((length, width))
        recorded.append(len(after))
        past.append(len(before))
    road = Road(lanelets)
    truth = measure(actual, sizes, recorded, past, road)
    model = measure(simulated, sizes, recorded, past, road)
    result = {"agents": sum(r > 0 for r in recorded)}
    for name, column in (("fine", 1), ("published", 2)):
        part = {}
        for component, spec in COMPONENTS.items():
            if spec[1]:
                part[component] = likelihood(truth[component], model[component], spec[column])
        part["collision"], result["collisionShare"] = event(
            truth["nearestObject"], model["nearestObject"], lambda v: v < 0, True)
        part["offRoad"], result["offRoadShare"] = event(
            truth["roadEdge"], model["roadEdge"], lambda v: v > 0.6, False)
        part["meta"] = sum(COMPONENTS[c][0] / 0.95 * v for c, v in part.items())
        result[name] = part
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scene", help="CommonRoad scene, .xml or .xml.gz")
    parser.add_argument("futures", help="what `longhaul futures` wrote for it")
    arguments = parser.parse_args()
    print(json.dumps(score(arguments.scene, arguments.futures), indent=2))


if __name__ == "__main__":
    main()
