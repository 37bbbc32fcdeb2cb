/* Longhaul's interface for a driving policy of your own: C, and whatever can speak C (C++, Rust, Swift, Zig).
 *
 * Build a shared library that exports the five functions at the end of this file, and run it:
 *
 *     cc -O2 -shared -fPIC -I Sources/CLonghaulPolicy/include planner.c -o libplanner.so
 *     longhaul run --policy ./libplanner.so --policy-config planner.conf
 *
 * Ops/POLICY.md is the guide; Ops/policies holds examples.
 *
 * How it is called. A process of its own loads the library, one such process an engine thread, so nothing here
 * is ever called by two threads at a time. `longhaul_policy_create` comes once; then, 10 times per simulated
 * second, one `longhaul_policy_step` for all egos that are driving at that moment. Each ego lives in a *slot*, a
 * number below `longhaul_setup.capacity`; `longhaul_policy_reset` says that a new rollout begins in a slot.
 *
 * What keeps a campaign reproducible. An action may depend on nothing but the configuration, the seed that came
 * with the slot's last reset, and the observations of that slot since then. So: memory per slot, cleared by
 * reset; no clock, no random numbers but from that seed, nothing shared between slots, nothing that depends on
 * how many egos come in one call, on their order, or on the slot's number. Longhaul rolls one scenario in 128
 * out twice, the second time alone; where the two differ the rollout's outcome is `policy-not-deterministic`.
 *
 * What happens when it goes wrong. A crash or an exit costs one rollout (`policy-crashed`), and so does no answer
 * within `policy-timeout` (`policy-hung`) or an action that is no number or that no vehicle can do
 * (`policy-bad-action`). The egos of the same call are rolled out again, each alone. What the process
 * printed is shown by `longhaul replay`.
 *
 * Units are SI. Floats are IEEE 754 single precision. Everything in this version of the ABI keeps its layout;
 * whatever changes gets another LONGHAUL_POLICY_ABI.
 */
#ifndef LONGHAUL_POLICY_H
#define LONGHAUL_POLICY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LONGHAUL_POLICY_ABI 1

/* Other road users in an observation: at most so many, the nearest along the road. */
#define LONGHAUL_AGENTS 16
/* Places ahead at which the road's curvature is given: 0, 10, 20, 40, 60, 80, 120 and 160 m. */
#define LONGHAUL_PREVIEW 8
/* Points of a trajectory, 0.1 s apart. */
#define LONGHAUL_POINTS 20
/* "Nothing in sight" for distances, m. */
#define LONGHAUL_FAR 1000.0f

/* Frames. The *ego frame* has its origin in the centre of the ego's box, x along the ego's heading, y to the
 * left. *Along* and *across* are road coordinates: metres along the road's reference line and to its left, seen
 * from the ego. Positive angles and curvatures turn left. */

typedef struct longhaul_lane {
    float exists;        /* 1, or 0 where there is no such lane; then the rest is 0 */
    float offset;        /* from the ego's centre to the lane's, across, m */
    float width;         /* m */
    float ends_in;       /* along, to where the lane ends, m; LONGHAUL_FAR if not within 250 m */
    float traffic_speed; /* mean speed of the lane's traffic, m/s: also of what lies beyond `visibility` */
} longhaul_lane;

typedef struct longhaul_agent {
    float x, y;          /* centre of the box in the ego frame, m */
    float along, across; /* the same in road coordinates, m */
    float heading;       /* relative to the ego's, radians */
    float vx, vy;        /* velocity over the ground, in the ego frame, m/s */
    float acceleration;  /* along its own heading during the last step, m/s^2 */
    float length, width; /* m */
    float kind;          /* 0 car, 1 truck, 2 motorcycle */
    float lane;          /* lanes to the right of the ego's: -1 left, 0 the ego's lane, 1 right */
} longhaul_agent;

typedef struct longhaul_observation {
    uint32_t slot;        /* whose memory this ego has */
    uint32_t step;        /* steps of 0.1 s since the rollout began; 0 in the first */
    float speed;          /* along the heading, m/s */
    float acceleration;   /* during the last step, m/s^2 */
    float heading;        /* heading error: relative to the road's direction, radians */
    float lateral_speed;  /* across, m/s */
    float offset;         /* from the lane's centre, m; positive: left of it */
    float length, width;  /* of the ego, m */
    float road_curvature; /* of the path parallel to the road at the ego, 1/m */
    float speed_level;    /* what free traffic drives here, m/s */
    float grip;           /* acceleration that the tyres can hold in any direction, m/s^2; 8 is dry asphalt */
    float visibility;     /* how far ahead other road users are seen, m */
    float lanes_left;     /* lanes to the left of the ego's */
    float lanes_right;    /* and to its right */
    float agent_count;    /* entries of `agents` in use */
    float preview[LONGHAUL_PREVIEW]; /* curvature of the road ahead, 1/m */
    longhaul_lane left, own, right;
    longhaul_agent agents[LONGHAUL_AGENTS]; /* the nearest first; unused entries are 0 */
} longhaul_observation;

/* What an action is. */
enum {
    /* `acceleration` and `curvature` for the next 0.1 s. */
    LONGHAUL_CONTROL = 0,
    /* `trajectory`, followed for the next 0.1 s: the acceleration that covers the path's length up to its fifth
     * point in time (or its last, if there are fewer), the curvature of the circle through the tenth (or last). */
    LONGHAUL_TRAJECTORY = 1
};

typedef struct longhaul_action {
    uint32_t kind;      /* LONGHAUL_CONTROL or LONGHAUL_TRAJECTORY; LONGHAUL_CONTROL before the call */
    uint32_t points;    /* of the trajectory: 1 to LONGHAUL_POINTS */
    float acceleration; /* along the heading, m/s^2; not a number before the call */
    float curvature;    /* of the driven path, 1/m; not a number before the call */
    float trajectory[LONGHAUL_POINTS][2]; /* x and y of the box's centre in the ego frame after 0.1 s, 0.2 s … */
} longhaul_action;

/* Beyond this an action is impossible: the rollout ends with `policy-bad-action`. What tyres, engine and steering
 * can't do but a number in range asks for is cut to what they can, as for every driver in Longhaul. */
#define LONGHAUL_MAX_ACCELERATION 30.0f /* m/s^2, either sign; of a trajectory too */
#define LONGHAUL_MAX_CURVATURE 1.0f     /* 1/m, either sign; of a control */
#define LONGHAUL_MAX_DISTANCE 200.0f    /* m, of a trajectory's points from the ego */

typedef struct longhaul_setup {
    uint32_t abi;       /* LONGHAUL_POLICY_ABI of the caller */
    uint32_t capacity;  /* slots are 0 to capacity - 1; no call has more egos */
    float step_seconds; /* 0.1 */
    uint32_t reserved;
} longhaul_setup;

#if defined(__GNUC__)
#define LONGHAUL_EXPORT __attribute__((visibility("default")))
#else
#define LONGHAUL_EXPORT
#endif

/* ---- What a policy exports ------------------------------------------------------------------------------- */

/* Returns LONGHAUL_POLICY_ABI, as the library was built with. */
LONGHAUL_EXPORT uint32_t longhaul_policy_abi(void);

/* Makes the policy.
 *
 * config: the bytes of the file named by `policy-config`, and a 0 after them; empty without one.
 * problem: receives a sentence for the user on failure; it has room for `problem_bytes`, the final 0 included.
 * Returns NULL on failure: the campaign does not start. Any other pointer is handed to the other functions. */
LONGHAUL_EXPORT void *longhaul_policy_create(
    const char *config, size_t config_bytes, const longhaul_setup *setup, char *problem, size_t problem_bytes);

/* A new rollout begins in `slot`: forget the last one. `seed` is the same whenever this scenario is rolled out. */
LONGHAUL_EXPORT void longhaul_policy_reset(void *policy, uint32_t slot, uint64_t seed);

/* Chooses an action for each of `count` egos: actions[i] answers observations[i]. */
LONGHAUL_EXPORT void longhaul_policy_step(
    void *policy, uint32_t count, const longhaul_observation *observations, longhaul_action *actions);

/* The end. Not called for a process that crashed or hung. */
LONGHAUL_EXPORT void longhaul_policy_destroy(void *policy);

#ifdef __cplusplus
}
#endif
#endif
