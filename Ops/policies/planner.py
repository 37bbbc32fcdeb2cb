"""A careful driver in NumPy: the Intelligent Driver Model behind whoever is in its way, staying in its lane.

    longhaul run --policy python:Ops/policies/planner.py:Planner --scenarios 1000

All egos of a call are computed at once; there is no loop over them. The configuration may be a JSON object such as
{"headway": 0.8} (seconds; 1.5 without one).
"""

import json

import numpy as np
from longhaul_policy import FAR, Actions, Observations, Setup

ACCELERATION, BRAKING, HARDEST, STANDSTILL = 1.4, 2.0, 8.0, 2.0


class Planner:
    def __init__(self, config: bytes, setup: Setup):
        self.headway = float(json.loads(config or b"{}").get("headway", 1.5))

    def reset(self, slots: np.ndarray, seeds: np.ndarray) -> None:
        pass  # it remembers nothing from step to step

    def step(self, seen: Observations, do: Actions) -> None:
        do.acceleration[:] = self.accelerate(seen)
        do.curvature[:] = self.steer(seen)

    def follow(self, speed: np.ndarray, wanted: np.ndarray, gap: np.ndarray, leader: np.ndarray) -> np.ndarray:
        dynamic = speed * self.headway + speed * (speed - leader) / (2 * np.sqrt(ACCELERATION * BRAKING))
        close = (STANDSTILL + np.maximum(dynamic, 0)) / np.clip(gap, 0.1, FAR)
        interaction = np.where(gap < FAR, close * close, 0)
        free = (speed / wanted) ** 2
        return np.clip(ACCELERATION * (1 - free * free - interaction), -HARDEST, ACCELERATION)

    def accelerate(self, seen: Observations) -> np.ndarray:
        others = seen.agents
        bend = np.maximum(np.abs(seen.preview[:, :4]).max(axis=1), 1e-5)
        wanted = np.clip(np.sqrt(2 / bend), 1, seen.speed_level)
        at_end = self.follow(seen.speed, wanted, seen.own.ends_in - seen.length / 2, np.zeros_like(wanted))
        beside = np.abs(others.across) - (others.width + seen.width[:, None]) / 2
        counts = (others.length > 0) & (others.along > 0) & ((others.lane == 0) | (beside <= 0.2))
        gap = np.where(counts, others.along - (others.length + seen.length[:, None]) / 2, FAR)
        behind = self.follow(seen.speed[:, None], wanted[:, None], gap, others.vx).min(axis=1)
        # Nobody ahead in sight: the lane goes on beyond, with its traffic.
        beyond = np.clip(0.5 * (seen.own.traffic_speed - seen.speed), -2, 2)
        return np.minimum(np.minimum(behind, at_end), np.where(counts.any(axis=1), ACCELERATION, beyond))

    def steer(self, seen: Observations) -> np.ndarray:
        pace = np.maximum(seen.speed, 5)
        gain = 0.9 / pace
        back = gain * gain * np.clip(-seen.offset, -2, 2) - 2 * gain * seen.heading
        highest = 2.4 / (pace * pace)
        return np.clip(seen.road_curvature + back, -highest, highest)
