/* A careful driver in C: the Intelligent Driver Model (Treiber, Hennecke & Helbing 2000) behind whoever is in its
 * way, staying in its lane. Its configuration may hold a line such as `headway 0.8` (seconds; 1.5 without one).
 *
 *     cc -O2 -ffp-contract=off -shared -fPIC -I Sources/CLonghaulPolicy/include Ops/policies/idm.c \
 *         -o libidm.so -lm
 *     longhaul run --policy ./libidm.so
 */
#include "longhaul_policy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct planner {
    float headway; /* s */
} planner;

static const float acceleration = 1.4f, braking = 2.0f, hardest = 8.0f, standstill = 2.0f;

uint32_t longhaul_policy_abi(void) { return LONGHAUL_POLICY_ABI; }

void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes) {
    (void)config_bytes, (void)setup;
    planner *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->headway = 1.5f;
    const char *line = strstr(config, "headway");
    if (line && (sscanf(line, "headway %f", &made->headway) != 1 || !(made->headway > 0.1f))) {
        snprintf(problem, problem_bytes, "the configuration's headway is no number of seconds above 0.1");
        free(made);
        return NULL;
    }
    return made;
}

/* It remembers nothing from step to step. */
void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed) { (void)policy, (void)slot, (void)seed; }

static float limited(float value, float low, float high) { return value < low ? low : value > high ? high : value; }

/* Acceleration behind something `gap` metres ahead that drives at `speed`. */
static float follow(const planner *planner, const longhaul_observation *ego, float wanted, float gap, float speed) {
    float ratio = ego->speed / wanted;
    float dynamic = ego->speed * planner->headway
        + ego->speed * (ego->speed - speed) / (2 * sqrtf(acceleration * braking));
    float close = (standstill + (dynamic > 0 ? dynamic : 0)) / limited(gap, 0.1f, LONGHAUL_FAR);
    float interaction = gap < LONGHAUL_FAR ? close * close : 0;
    return limited(acceleration * (1 - ratio * ratio * ratio * ratio - interaction), -hardest, acceleration);
}

static float accelerate(const planner *planner, const longhaul_observation *ego) {
    /* Bends are taken with 2 m/s^2. */
    float bend = 1e-5f;
    for (int i = 0; i < 4; i++) bend = fmaxf(bend, fabsf(ego->preview[i]));
    float wanted = limited(sqrtf(2 / bend), 1, ego->speed_level);
    float lowest = follow(planner, ego, wanted, ego->own.ends_in - ego->length / 2, 0);
    int in_the_way = 0;
    for (int i = 0; i < (int)ego->agent_count; i++) {
        const longhaul_agent *other = &ego->agents[i];
        if (other->along <= 0) continue;
        float beside = fabsf(other->across) - (other->width + ego->width) / 2;
        if (other->lane != 0 && beside > 0.2f) continue;
        float gap = other->along - (other->length + ego->length) / 2;
        lowest = fminf(lowest, follow(planner, ego, wanted, gap, other->vx));
        in_the_way = 1;
    }
    /* Nobody ahead in sight: the lane goes on beyond, with its traffic. */
    if (!in_the_way) lowest = fminf(lowest, limited(0.5f * (ego->own.traffic_speed - ego->speed), -2, 2));
    return lowest;
}

/* Back to the middle of the lane, critically damped. */
static float steer(const longhaul_observation *ego) {
    float pace = fmaxf(ego->speed, 5);
    float gain = 0.9f / pace;
    float wanted = ego->road_curvature + gain * gain * limited(-ego->offset, -2, 2) - 2 * gain * ego->heading;
    float highest = 2.4f / (pace * pace);
    return limited(wanted, -highest, highest);
}

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    for (uint32_t i = 0; i < count; i++) {
        actions[i].acceleration = accelerate(policy, &observations[i]);
        actions[i].curvature = steer(&observations[i]);
    }
}

void longhaul_policy_destroy(void *policy) { free(policy); }
