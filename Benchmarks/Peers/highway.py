"""highway-env's side: `highway-fast-v0` as it comes, without rendering; its ego driven by a small rule.

    python3 highway.py [CPU-SECONDS]

Prints one line of JSON. Resets are timed too, as scene generation is in Longhaul's figure; imports are not.
"""

import json
import sys
import time

import gymnasium
import highway_env

IDLE, FASTER, SLOWER = 1, 3, 4
HEADWAY_SECONDS = 2.0


def choose(ego, road) -> int:
    """Keeps two seconds behind whoever is ahead: without it episodes end early, in a collision."""
    leader, _ = road.neighbour_vehicles(ego)
    if leader is None:
        return FASTER
    gap = leader.position[0] - ego.position[0] - ego.LENGTH
    if gap < HEADWAY_SECONDS * ego.speed:
        return SLOWER
    return FASTER if gap > 2 * HEADWAY_SECONDS * ego.speed else IDLE


def main() -> None:
    budget = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    gymnasium.register_envs(highway_env)
    env = gymnasium.make("highway-fast-v0")
    config = env.unwrapped.config
    substeps = config["simulation_frequency"] // config["policy_frequency"]
    meters, agent_steps, episodes, crashes, seed = 0.0, 0, 0, 0, 0
    env.reset(seed=seed)
    start = time.process_time()
    while (elapsed := time.process_time() - start) < budget:
        ego, road = env.unwrapped.vehicle, env.unwrapped.road
        before = ego.position[0]
        _, _, terminated, truncated, _ = env.step(choose(ego, road))
        meters += ego.position[0] - before
        agent_steps += substeps * len(road.vehicles)
        if terminated or truncated:
            episodes += 1
            crashes += int(ego.crashed)
            seed += 1
            env.reset(seed=seed)
    print(json.dumps({
        "cpuSeconds": elapsed,
        "agentStepsPerSecond": agent_steps / elapsed,
        "egoKilometersPerDay": meters / 1000 * 86_400 / elapsed,
        "episodes": episodes,
        "crashes": crashes,
    }))


if __name__ == "__main__":
    main()
