/* The smallest policy: keeps its speed and its place across the road, whatever comes. It computes what Longhaul's
 * built-in `constant-velocity` computes, to the last bit, so both give the same digests.
 *
 *     cc -O2 -ffp-contract=off -shared -fPIC -I Sources/CLonghaulPolicy/include \
 *         Ops/policies/constant_velocity.c -o libconstant_velocity.so
 */
#include "longhaul_policy.h"

uint32_t longhaul_policy_abi(void) { return LONGHAUL_POLICY_ABI; }

void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes) {
    (void)config, (void)config_bytes, (void)setup, (void)problem, (void)problem_bytes;
    static char policy; /* nothing to remember */
    return &policy;
}

void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed) { (void)policy, (void)slot, (void)seed; }

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    (void)policy;
    for (uint32_t i = 0; i < count; i++) {
        const longhaul_observation *ego = &observations[i];
        /* Turn back to the road's direction, within 2.4 m/s^2 across. */
        float pace = ego->speed > 5 ? ego->speed : 5;
        float gain = 0.9f / pace;
        float wanted = ego->road_curvature + 2 * gain * (0 - ego->heading);
        float highest = 2.4f / (pace * pace);
        if (wanted < -highest) wanted = -highest;
        if (wanted > highest) wanted = highest;
        actions[i].acceleration = 0;
        actions[i].curvature = wanted;
    }
}

void longhaul_policy_destroy(void *policy) { (void)policy; }
