// A planner in C++ that changes lanes and answers with trajectories. It shows what memory per slot is for: a lane
// change takes seconds, and the planner has to remember that it is in one.
//
//     c++ -std=c++17 -O2 -ffp-contract=off -shared -fPIC -I Sources/CLonghaulPolicy/include
//         Ops/policies/lane_changer.cpp -o liblane_changer.so
#include "longhaul_policy.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

struct Gap {
    float ahead = LONGHAUL_FAR, behind = LONGHAUL_FAR; // metres, bumper to bumper
    float speed_ahead = 0, speed_behind = 0;
};

// What one ego remembers. Reset when a rollout begins in its slot.
struct Memory {
    bool is_changing = false;
    float remaining = 0;   // across, metres: what is left of the change
    int steps_since = 100; // since the last change ended
};

class Planner {
public:
    explicit Planner(uint32_t capacity) : memories(capacity) {}

    void reset(uint32_t slot) { memories[slot] = Memory(); }

    void act(const longhaul_observation &ego, longhaul_action &action) {
        Memory &memory = memories[ego.slot];
        // While changing, the lane to get to is the one whose centre is nearest to where the change should end.
        float across = ego.own.offset;
        if (memory.is_changing) {
            across = nearest(ego, memory.remaining);
            if (std::fabs(across) < 0.2f) {
                memory.is_changing = false;
                memory.steps_since = 0;
            }
        } else if (++memory.steps_since > 50) {
            if (const longhaul_lane *lane = better(ego)) {
                memory.is_changing = true;
                across = lane->offset;
            }
        }
        float acceleration = std::min(follow(ego, 0), follow(ego, side(across)));
        float next = trajectory(ego, acceleration, across, action);
        memory.remaining = across - next;
    }

private:
    std::vector<Memory> memories;

    static int side(float across) { return across > 1 ? -1 : across < -1 ? 1 : 0; }

    static float nearest(const longhaul_observation &ego, float wanted) {
        float best = ego.own.offset;
        for (const longhaul_lane *lane : {&ego.left, &ego.right})
            if (lane->exists != 0 && std::fabs(lane->offset - wanted) < std::fabs(best - wanted)) best = lane->offset;
        return best;
    }

    // Who is ahead and behind in the lane to the right by `lane` (-1: left).
    static Gap gap(const longhaul_observation &ego, int lane) {
        Gap found;
        for (int i = 0; i < int(ego.agent_count); i++) {
            const longhaul_agent &other = ego.agents[i];
            bool is_beside = std::fabs(other.across) < (other.width + ego.width) / 2 + 0.2f;
            if (int(other.lane) != lane && !(lane == 0 && is_beside)) continue;
            float free = std::fabs(other.along) - (other.length + ego.length) / 2;
            if (other.along > 0 && free < found.ahead) {
                found.ahead = free;
                found.speed_ahead = other.vx;
            }
            if (other.along <= 0 && free < found.behind) {
                found.behind = free;
                found.speed_behind = other.vx;
            }
        }
        return found;
    }

    static float idm(const longhaul_observation &ego, float free, float leader) {
        float ratio = ego.speed / ego.speed_level;
        float dynamic = ego.speed * 1.5f + ego.speed * (ego.speed - leader) / 3.35f;
        float close = (2 + std::max(dynamic, 0.0f)) / std::max(free, 0.1f);
        float interaction = free < LONGHAUL_FAR ? close * close : 0;
        return std::clamp(1.4f * (1 - ratio * ratio * ratio * ratio - interaction), -8.0f, 1.4f);
    }

    static float follow(const longhaul_observation &ego, int lane) {
        Gap around = gap(ego, lane);
        float end = lane < 0 ? ego.left.ends_in : lane > 0 ? ego.right.ends_in : ego.own.ends_in;
        return std::min(idm(ego, around.ahead, around.speed_ahead), idm(ego, end, 0));
    }

    // A lane where it would drive clearly faster and forces nobody to brake; null if there is none.
    static const longhaul_lane *better(const longhaul_observation &ego) {
        float here = follow(ego, 0);
        const longhaul_lane *best = nullptr;
        float most = 0.5f;
        for (int lane : {-1, 1}) {
            const longhaul_lane &beside = lane < 0 ? ego.left : ego.right;
            if (beside.exists == 0 || beside.ends_in < 200 || ego.speed < 3) continue;
            Gap around = gap(ego, lane);
            float closing = std::max(around.speed_behind - ego.speed, 0.0f);
            if (around.ahead < 3 || around.behind < 3 + 1.2f * around.speed_behind + 2 * closing) continue;
            float gain = follow(ego, lane) - here;
            if (gain > most) {
                most = gain;
                best = &beside;
            }
        }
        return best;
    }

    // Two seconds: the acceleration is kept, and `across` metres are covered in 4 s, eased in and out. Returns how
    // far across the first step leads.
    static float trajectory(
        const longhaul_observation &ego, float acceleration, float across, longhaul_action &action) {
        action.kind = LONGHAUL_TRAJECTORY;
        action.points = LONGHAUL_POINTS;
        float first = 0;
        for (int i = 0; i < LONGHAUL_POINTS; i++) {
            float t = 0.1f * float(i + 1);
            float stop = acceleration < 0 ? std::min(t, ego.speed / -acceleration) : t;
            float s = ego.speed * stop + acceleration * stop * stop / 2;
            float slow = std::max(4.0f, 20 / std::max(ego.speed, 1.0f));
            float part = std::min(t / slow, 1.0f);
            // Across in road coordinates, then into the ego frame, which the heading error turns.
            float d = across * part * (2 - part);
            if (i == 0) first = d;
            action.trajectory[i][0] = s;
            action.trajectory[i][1] = d - s * ego.heading + ego.road_curvature * s * s / 2;
        }
        return first;
    }
};

} // namespace

extern "C" {

uint32_t longhaul_policy_abi(void) { return LONGHAUL_POLICY_ABI; }

void *longhaul_policy_create(const char *, size_t, const longhaul_setup *setup, char *, size_t) {
    return new Planner(setup->capacity);
}

void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t) { static_cast<Planner *>(policy)->reset(slot); }

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    for (uint32_t i = 0; i < count; i++) static_cast<Planner *>(policy)->act(observations[i], actions[i]);
}

void longhaul_policy_destroy(void *policy) { delete static_cast<Planner *>(policy); }
}
