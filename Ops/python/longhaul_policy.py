"""Driving policies for Longhaul in Python.

    longhaul run --policy python:planner.py:Planner

A policy is a class:

    import numpy as np
    from longhaul_policy import Actions, Observations, Setup

    class Planner:
        def __init__(self, config: bytes, setup: Setup):
            self.waited = np.zeros(setup.capacity, np.float32)   # memory per slot

        def reset(self, slots: np.ndarray, seeds: np.ndarray) -> None:
            self.waited[slots] = 0                               # new rollouts begin in these slots

        def step(self, seen: Observations, do: Actions) -> None:
            do.acceleration[:] = 0.5 * (seen.speed_level - seen.speed)
            do.curvature[:] = seen.road_curvature

Longhaul starts one Python process an engine thread and calls `step` ten times per simulated second with all egos
that are driving at that moment. Arrays are views into shared memory: row i is ego i of this call, and nothing is
copied. `Observations` and `Actions` say what the arrays hold; `longhaul_policy.h` is the same for C.

An action may depend on nothing but the configuration, the seed of the slot's last reset, and what that slot has seen
since: no clock, no other random numbers, nothing shared between egos. Beware of `a @ b` over a batch: BLAS rounds
differently for different numbers of rows. `exact_matmul` here does not. Longhaul rolls one scenario in 128 out
twice, the second time alone, and says so if they differ.

An exception ends the rollout as `policy-crashed`; `longhaul replay` shows the traceback.

This file needs NumPy and nothing else. It is built into Longhaul, so a policy can import it without any
installation; install it (`pip install Ops/python`) for your editor and your own tests.
"""

from __future__ import annotations

import importlib
import importlib.util
import mmap
import os
import select
import socket
import struct
import sys
import threading
import traceback
from typing import Protocol

import numpy as np

__all__ = ["ABI", "Actions", "Lane", "Observations", "Others", "Policy", "Setup", "exact_matmul"]

ABI = 1
#: Other road users in an observation.
AGENTS = 16
#: Metres ahead at which `Observations.preview` gives the road's curvature.
PREVIEW = (0, 10, 20, 40, 60, 80, 120, 160)
#: Points of a trajectory, 0.1 s apart.
POINTS = 20
#: "Nothing in sight" for distances, metres.
FAR = 1000.0

_OBSERVATION_WORDS = 231
_ACTION_WORDS = 44
_FIRST_LANE = 24
_FIRST_AGENT = 39
_HEADER = struct.Struct("<IIfIIIQQQQQ")


class Setup:
    """What a policy is told when it is made."""

    #: Slots are 0 to capacity - 1; no call has more egos.
    capacity: int
    #: 0.1
    step_seconds: float

    def __init__(self, capacity: int, step_seconds: float = 0.1):
        self.capacity = capacity
        self.step_seconds = step_seconds


class Lane:
    """One lane as each ego sees it: arrays of one number an ego, float32, SI units."""

    def __init__(self, words: np.ndarray):
        #: 1, or 0 where there is no such lane; then the rest is 0.
        self.exists = words[:, 0]
        #: From the ego's centre to the lane's, to the left, m.
        self.offset = words[:, 1]
        self.width = words[:, 2]
        #: To where the lane ends, m; FAR if not within 250 m.
        self.ends_in = words[:, 3]
        #: Mean speed of the lane's traffic, m/s: also of what lies beyond `Observations.visibility`.
        self.traffic_speed = words[:, 4]


class Others:
    """The nearest other road users of each ego: float32 arrays of shape (egos, 16), nearest first.

    Entries from `Observations.agent_count` on are 0."""

    def __init__(self, words: np.ndarray):
        #: All of it: (egos, 16, 12), the fields below in their order.
        self.all = words
        #: Centre of the box in the ego frame: x ahead along the ego's heading, y to the left, m.
        self.x = words[:, :, 0]
        self.y = words[:, :, 1]
        #: The same in road coordinates, m.
        self.along = words[:, :, 2]
        self.across = words[:, :, 3]
        #: Relative to the ego's heading, radians.
        self.heading = words[:, :, 4]
        #: Velocity over the ground in the ego frame, m/s.
        self.vx = words[:, :, 5]
        self.vy = words[:, :, 6]
        #: Along its own heading, m/s².
        self.acceleration = words[:, :, 7]
        self.length = words[:, :, 8]
        self.width = words[:, :, 9]
        #: 0 car, 1 truck, 2 motorcycle.
        self.kind = words[:, :, 10]
        #: Lanes to the right of the ego's: -1 left, 0 the ego's, 1 right.
        self.lane = words[:, :, 11]


class Observations:
    """What the egos of one call see. One number an ego unless another shape is named; float32, SI units."""

    def __init__(self, words: np.ndarray):
        #: Every observation as 231 numbers, (egos, 231): for a network that wants them all. The first two columns
        #: are whole numbers in disguise; see `slot` and `step`.
        self.words = words
        whole = words.view(np.uint32)
        #: Whose memory each ego has (uint32).
        self.slot = whole[:, 0]
        #: Steps of 0.1 s since the rollout began (uint32); 0 in the first.
        self.step = whole[:, 1]
        self.speed = words[:, 2]
        #: During the last step, m/s².
        self.acceleration = words[:, 3]
        #: Heading error: relative to the road's direction, radians.
        self.heading = words[:, 4]
        #: Across the road, to the left, m/s.
        self.lateral_speed = words[:, 5]
        #: From the lane's centre, m; positive: left of it.
        self.offset = words[:, 6]
        self.length = words[:, 7]
        self.width = words[:, 8]
        #: Of the path parallel to the road at the ego, 1/m.
        self.road_curvature = words[:, 9]
        #: What free traffic drives here, m/s.
        self.speed_level = words[:, 10]
        #: Acceleration that the tyres can hold in any direction, m/s².
        self.grip = words[:, 11]
        #: How far ahead other road users are seen, m.
        self.visibility = words[:, 12]
        self.lanes_left = words[:, 13]
        self.lanes_right = words[:, 14]
        #: How many of `agents` there are.
        self.agent_count = words[:, 15]
        #: Curvature of the road ahead at `PREVIEW` metres, 1/m; (egos, 8).
        self.preview = words[:, 16:24]
        self.left = Lane(words[:, 24:29])
        self.own = Lane(words[:, 29:34])
        self.right = Lane(words[:, 34:39])
        self.agents = Others(words[:, _FIRST_AGENT:].reshape(len(words), AGENTS, 12))

    def __len__(self) -> int:
        return len(self.words)


class Actions:
    """What the egos shall do in the next 0.1 s. Before each call every ego's is a control without numbers."""

    def __init__(self, words: np.ndarray):
        whole = words.view(np.uint32)
        #: 0: `acceleration` and `curvature`; 1: `trajectory` (uint32).
        self.kind = whole[:, 0]
        #: Points of the trajectory, 1 to 20 (uint32).
        self.points = whole[:, 1]
        #: Along the heading, m/s²; within ±30.
        self.acceleration = words[:, 2]
        #: Of the driven path, 1/m, positive to the left; within ±1.
        self.curvature = words[:, 3]
        #: x and y of the box's centre in the ego frame after 0.1 s, 0.2 s …, m; (egos, 20, 2), within ±200.
        self.trajectory = words[:, 4:].reshape(len(words), POINTS, 2)

    def follow(self, trajectory: np.ndarray) -> None:
        """Every ego follows a trajectory: (egos, points, 2)."""
        points = trajectory.shape[1]
        self.kind[:] = 1
        self.points[:] = points
        self.trajectory[:, :points] = trajectory

    def _clear(self) -> None:
        self.kind[:] = 0
        self.acceleration[:] = np.nan
        self.curvature[:] = np.nan


class Policy(Protocol):
    """What Longhaul expects of a policy's class."""

    def __init__(self, config: bytes, setup: Setup) -> None:
        """`config`: the bytes of the file named by `--policy-config`; empty without one."""

    def reset(self, slots: np.ndarray, seeds: np.ndarray) -> None:
        """New rollouts begin in these slots. A scenario has the same seed whenever it is rolled out (uint64)."""

    def step(self, seen: Observations, do: Actions) -> None:
        """Chooses what each ego does."""


def exact_matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`a @ b` for a of shape (rows, n) and b of (n, columns), adding in one fixed order: a row's result doesn't
    depend on how many other rows there are. Slower than BLAS, and fast enough for small networks."""
    total = np.zeros((len(a), b.shape[1]), np.float32)
    product = np.empty_like(total)
    for k in range(b.shape[0]):
        np.multiply(a[:, k : k + 1], b[k], out=product)
        total += product
    return total


def observations(egos: int) -> Observations:
    """Empty observations, for a test of your own."""
    return Observations(np.zeros((egos, _OBSERVATION_WORDS), np.float32))


def actions(egos: int) -> Actions:
    """Actions before a call, for a test of your own."""
    made = Actions(np.zeros((egos, _ACTION_WORDS), np.float32))
    made._clear()
    return made


# ---- The process that Longhaul starts. `longhaul_policy_host.h` describes its side of the talk. ----------------

_SOCKET, _MEMORY = 3, 4


def _watch() -> None:
    """Ends the process when Longhaul's end of the socket is closed, even while the policy hangs."""
    poll = select.poll()
    poll.register(_SOCKET, getattr(select, "POLLRDHUP", 0x2000))
    poll.poll()
    os._exit(0)


def _load(place: str, name: str) -> type:
    if place.endswith(".py"):
        module_name = os.path.splitext(os.path.basename(place))[0]
        spec = importlib.util.spec_from_file_location(module_name, place)
        if spec is None or spec.loader is None:
            raise ImportError(f"{place} is no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        spec.loader.exec_module(module)
    else:
        sys.path.insert(0, os.getcwd())
        try:
            module = importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name and (place + ".").startswith(error.name + "."):
                raise ImportError(
                    f"no module {place} here: PYTHONPATH has to name its folder, on every machine") from None
            raise
    found = getattr(module, name, None)
    if found is None:
        raise ImportError(f"{place} has no class {name}")
    return found


class _Host:
    def __init__(self) -> None:
        self.memory = mmap.mmap(_MEMORY, 0)
        header = _HEADER.unpack_from(self.memory, 0)
        (abi, capacity, step_seconds, _, _, _, seen, done, resets, config, config_bytes) = header
        if abi != ABI:
            raise RuntimeError(f"Longhaul speaks version {abi} of the ABI, this module version {ABI}")
        self.config = bytes(self.memory[config : config + config_bytes])
        self.setup = Setup(capacity, step_seconds)
        self.counts = np.frombuffer(self.memory, np.uint32, 2, 16)
        self.seen = self._words(seen, capacity, _OBSERVATION_WORDS)
        self.done = self._words(done, capacity, _ACTION_WORDS)
        kind = np.dtype([("slot", "<u4"), ("reserved", "<u4"), ("seed", "<u8")])
        self.resets = np.frombuffer(self.memory, kind, capacity, resets)
        self.views: dict[int, tuple[Observations, Actions]] = {}

    def _words(self, offset: int, rows: int, words: int) -> np.ndarray:
        return np.frombuffer(self.memory, np.float32, rows * words, offset).reshape(rows, words)

    def serve(self, policy: Policy, line: socket.socket) -> None:
        line.sendall(b"R")
        while line.recv(1) == b"S":
            count, reset_count = int(self.counts[0]), int(self.counts[1])
            if reset_count:
                begun = self.resets[:reset_count].copy()
                policy.reset(begun["slot"].astype(np.intp), begun["seed"])
            views = self.views.get(count)
            if views is None:
                views = (Observations(self.seen[:count]), Actions(self.done[:count]))
                self.views[count] = views
            views[1]._clear()
            policy.step(*views)
            line.sendall(b"D")

    def refuse(self, problem: str, line: socket.socket) -> None:
        text = problem.encode()[:1023]
        place = _HEADER.size
        self.memory[place : place + len(text)] = text
        line.sendall(b"F")


def _main(place: str, name: str) -> int:
    # The policy's `import longhaul_policy` finds this module, wherever it came from.
    sys.modules["longhaul_policy"] = sys.modules[__name__]
    threading.Thread(target=_watch, daemon=True).start()
    line = socket.socket(fileno=_SOCKET)
    host = _Host()
    try:
        policy = _load(place, name)(host.config, host.setup)
    except BaseException as problem:
        traceback.print_exc()
        host.refuse(f"{type(problem).__name__}: {problem}", line)
        return 0
    try:
        host.serve(policy, line)
    except (ConnectionError, BrokenPipeError):
        pass
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    _status = _main(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    sys.stderr.flush()
    # Without waiting for threads of the policy's own.
    os._exit(_status)
