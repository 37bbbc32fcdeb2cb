/* A policy for tests: weaves slowly in its lane and appends every observation to the file that its configuration
 * names. */
#include "longhaul_policy.h"

#include <stdio.h>

uint32_t longhaul_policy_abi(void) { return LONGHAUL_POLICY_ABI; }

void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes) {
    (void)config_bytes, (void)setup, (void)problem, (void)problem_bytes;
    return fopen(config, "ab");
}

void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed) { (void)policy, (void)slot, (void)seed; }

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    for (uint32_t i = 0; i < count; i++) {
        const longhaul_observation *ego = &observations[i];
        fwrite(ego, sizeof *ego, 1, policy);
        float pace = ego->speed > 5 ? ego->speed : 5;
        float aim = ego->step % 80 < 40 ? 0.5f : -0.5f;
        actions[i].acceleration = ego->own.traffic_speed > ego->speed ? 0.3f : -0.3f;
        actions[i].curvature = ego->road_curvature + 0.8f / (pace * pace) * (aim - ego->offset)
            - 1.8f / pace * ego->heading;
    }
    fflush(policy);
}

void longhaul_policy_destroy(void *policy) { fclose(policy); }
