/* A policy for tests: drives like `constant_velocity.c` until an unlucky ego, one in eight by its seed, has driven for
 * 15 s; then it does what its configuration says. */
#include "longhaul_policy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 150 };

typedef struct planner {
    char what[32];
    uint32_t calls;
    uint64_t seeds[4096];
    uint32_t steps[4096]; /* since the slot's reset */
} planner;

uint32_t longhaul_policy_abi(void) { return LONGHAUL_POLICY_ABI; }

void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes) {
    (void)config_bytes, (void)setup;
    planner *made = calloc(1, sizeof *made);
    sscanf(config, "%31s", made->what);
    if (strcmp(made->what, "refuse") == 0) {
        snprintf(problem, problem_bytes, "this configuration is not to its taste");
        return NULL;
    }
    if (strcmp(made->what, "abort-at-once") == 0) abort();
    return made;
}

void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed) {
    planner *planner = policy;
    planner->seeds[slot] = seed;
    planner->steps[slot] = 0;
}

static void misbehave(planner *planner, longhaul_action *action) {
    const char *what = planner->what;
    if (strcmp(what, "crash") == 0) {
        fprintf(stderr, "about to write to address 8\n");
        volatile uintptr_t nowhere = 8;
        *(volatile int *)nowhere = 1;
    }
    if (strcmp(what, "exit") == 0) exit(3);
    if (strcmp(what, "hang") == 0) for (;;) pause();
    if (strcmp(what, "nan") == 0) action->acceleration = NAN;
    if (strcmp(what, "infinite") == 0) action->curvature = INFINITY;
    if (strcmp(what, "impossible") == 0) action->acceleration = -31;
    if (strcmp(what, "kind") == 0) action->kind = 7;
    if (strcmp(what, "points") == 0) action->kind = LONGHAUL_TRAJECTORY, action->points = 1u << 31;
    if (strcmp(what, "far") == 0) {
        action->kind = LONGHAUL_TRAJECTORY, action->points = 1;
        action->trajectory[0][0] = 1e9f;
    }
    if (strcmp(what, "own-mind") == 0) action->acceleration = (float)(getpid() % 997) / 997; /* the same for a process */
    if (strcmp(what, "shrink") == 0 && ftruncate(4, 0) != 0) exit(4);
    if (strcmp(what, "scribble") == 0) memset((char *)action - 100000, 0xff, 90000);
}

void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions) {
    planner *planner = policy;
    planner->calls++;
    for (uint32_t i = 0; i < count; i++) {
        const longhaul_observation *ego = &observations[i];
        float pace = ego->speed > 5 ? ego->speed : 5;
        actions[i].acceleration = 0;
        actions[i].curvature = ego->road_curvature - 1.8f / pace * ego->heading;
        /* Depends on who else is in the call, on the slot, on time. */
        if (strcmp(planner->what, "count") == 0) actions[i].acceleration = 0.01f * (float)count;
        if (strcmp(planner->what, "calls") == 0) actions[i].acceleration = 1e-3f * (float)(planner->calls % 1000);
        if (strcmp(planner->what, "clock") == 0) actions[i].acceleration = 1e-3f * (float)(clock() % 100);
        if (strcmp(planner->what, "forget") == 0) actions[i].acceleration = NAN;
        uint32_t steps = ++planner->steps[ego->slot];
        if (planner->seeds[ego->slot] % 8 == 0 && steps > STEPS) misbehave(planner, &actions[i]);
    }
}

void longhaul_policy_destroy(void *policy) { free(policy); }
