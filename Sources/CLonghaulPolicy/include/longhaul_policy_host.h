/* Between an engine thread and the process that hosts its policy. Not part of the public ABI: both sides are
 * always of one build.
 *
 * Data lie in one piece of shared memory (file descriptor 4 of the host): this header, then observations, actions,
 * resets and the configuration at the offsets that it names. One byte at a time goes over a socket (descriptor 3):
 *
 *     host -> engine   'R' the policy is made      'F' it can't be made, `problem` says why
 *     engine -> host   'S' do the resets, then a step
 *     host -> engine   'D' the actions are there
 *
 * A library's host, for which two trips through a socket would cost more than the policy itself, is asked by a
 * futex instead of 'S' and 'D': the engine raises `asked`, the host sets `answered` to it.
 *
 * The end of the socket ends the host, whatever it is doing. */
#ifndef LONGHAUL_POLICY_HOST_H
#define LONGHAUL_POLICY_HOST_H

#include "longhaul_policy.h"

typedef struct longhaul_reset {
    uint32_t slot;
    uint32_t reserved;
    uint64_t seed;
} longhaul_reset;

typedef struct longhaul_shared {
    longhaul_setup setup;
    uint32_t count;       /* egos of this step */
    uint32_t reset_count; /* slots to reset before it */
    uint64_t observations, actions, resets, config; /* offsets from the beginning, bytes */
    uint64_t config_bytes;
    char problem[1024];
    uint32_t asked, answered; /* futexes */
    uint32_t must_end;        /* read after `asked` has changed */
} longhaul_shared;

enum { LONGHAUL_HOST_SOCKET = 3, LONGHAUL_HOST_MEMORY = 4 };

/* Arrays inside the structs, for Swift, to which they are tuples. */
static inline float *longhaul_preview(longhaul_observation *observation) { return observation->preview; }
static inline longhaul_agent *longhaul_agents(longhaul_observation *observation) { return observation->agents; }
static inline const float *longhaul_points(const longhaul_action *action) { return action->trajectory[0]; }

/* The life of a host process: loads `library` and serves until the socket ends. Returns the exit status. */
int longhaul_policy_host_main(const char *library);

/* Asks a library's host for a step, or for its end. Returns the number of the request. */
uint32_t longhaul_policy_ask(longhaul_shared *shared, int must_end);

/* Waits for the answer to a request; 0 if there is none after `milliseconds`. */
int longhaul_policy_wait(longhaul_shared *shared, uint32_t request, uint32_t milliseconds);

/* Anonymous shared memory of `bytes`, which nobody can make smaller or larger, or, for 0, a file that
 * grows as it is written; closed on exec. -1 and errno on failure. */
int longhaul_policy_memory(const char *name, uint64_t bytes);

/* Starts `program` in a process group of its own, its standard output and error going to `log`, its descriptors
 * 3 and 4 being `socket` and `memory`, and no other descriptor open. `environment` ends with NULL.
 * Returns 0, or an error number. */
int longhaul_policy_spawn(
    const char *program, char *const arguments[], char *const environment[], int socket, int memory, int log,
    int *process);

#endif
