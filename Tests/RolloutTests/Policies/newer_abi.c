/* A library for another version of the ABI. */
#include "longhaul_policy.h"

uint32_t longhaul_policy_abi(void) { return 99; }

void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes) {
    (void)config, (void)config_bytes, (void)setup, (void)problem, (void)problem_bytes;
    return NULL;
}

void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed) { (void)policy, (void)slot, (void)seed; }

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    (void)policy, (void)count, (void)observations, (void)actions;
}

void longhaul_policy_destroy(void *policy) { (void)policy; }
