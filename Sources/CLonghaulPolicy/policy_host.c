#define _GNU_SOURCE
#include "longhaul_policy_host.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(longhaul_lane) == 20, "layout of ABI 1");
_Static_assert(sizeof(longhaul_agent) == 48, "layout of ABI 1");
_Static_assert(sizeof(longhaul_observation) == 924, "layout of ABI 1");
_Static_assert(sizeof(longhaul_action) == 176, "layout of ABI 1");

typedef struct policy_functions {
    uint32_t (*abi)(void);
    void *(*create)(const char *, size_t, const longhaul_setup *, char *, size_t);
    void (*reset)(void *, uint32_t, uint64_t);
    void (*step)(void *, uint32_t, const longhaul_observation *, longhaul_action *);
    void (*destroy)(void *);
} policy_functions;

/* Ends the process when the engine's end of the socket is closed, even while the policy hangs. */
static void *watch(void *unused) {
    (void)unused;
    struct pollfd socket = {.fd = LONGHAUL_HOST_SOCKET, .events = POLLRDHUP};
    while (poll(&socket, 1, -1) <= 0 || !(socket.revents & (POLLRDHUP | POLLHUP | POLLERR))) {}
    _exit(0);
}

static int tell(char byte) {
    ssize_t count;
    do count = write(LONGHAUL_HOST_SOCKET, &byte, 1);
    while (count < 0 && errno == EINTR);
    return count == 1;
}

/* Sleeps while `*word` is `value`, no longer than `limit` (NULL: for ever). */
static void futex_wait(uint32_t *word, uint32_t value, const struct timespec *limit) {
    syscall(SYS_futex, word, FUTEX_WAIT, value, limit, NULL, 0);
}

static void futex_wake(uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0); }

uint32_t longhaul_policy_ask(longhaul_shared *shared, int must_end) {
    __atomic_store_n(&shared->must_end, (uint32_t)must_end, __ATOMIC_RELEASE);
    uint32_t request = __atomic_add_fetch(&shared->asked, 1, __ATOMIC_ACQ_REL);
    futex_wake(&shared->asked);
    return request;
}

int longhaul_policy_wait(longhaul_shared *shared, uint32_t request, uint32_t milliseconds) {
    struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    for (int attempt = 0; attempt < 2; attempt++) {
        uint32_t answered = __atomic_load_n(&shared->answered, __ATOMIC_ACQUIRE);
        if (answered == request) return 1;
        if (attempt == 0) futex_wait(&shared->answered, answered, &limit);
    }
    return 0;
}

/* Waits for the request after `last`. */
static uint32_t next_request(longhaul_shared *shared, uint32_t last) {
    uint32_t request;
    while ((request = __atomic_load_n(&shared->asked, __ATOMIC_ACQUIRE)) == last)
        futex_wait(&shared->asked, last, NULL);
    return request;
}

static longhaul_shared *map_memory(void) {
    struct stat status;
    if (fstat(LONGHAUL_HOST_MEMORY, &status) != 0) return NULL;
    void *memory = mmap(
        NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, LONGHAUL_HOST_MEMORY, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* Loads the library; on failure says why in `shared->problem`. */
static int load(const char *library, policy_functions *functions, longhaul_shared *shared) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(shared->problem, sizeof shared->problem, "it can't be loaded: %s", dlerror());
        return 0;
    }
    const char *names[] = {
        "longhaul_policy_abi", "longhaul_policy_create", "longhaul_policy_reset", "longhaul_policy_step",
        "longhaul_policy_destroy",
    };
    void **places[] = {
        (void **)&functions->abi, (void **)&functions->create, (void **)&functions->reset,
        (void **)&functions->step, (void **)&functions->destroy,
    };
    for (int i = 0; i < 5; i++) {
        *places[i] = dlsym(handle, names[i]);
        if (*places[i]) continue;
        snprintf(
            shared->problem, sizeof shared->problem,
            "it exports no %s; see longhaul_policy.h (in C++ it has to be extern \"C\")", names[i]);
        return 0;
    }
    uint32_t abi = functions->abi();
    if (abi == LONGHAUL_POLICY_ABI) return 1;
    snprintf(
        shared->problem, sizeof shared->problem,
        "it was built for version %u of the ABI, this Longhaul has version %u; build it again", abi,
        LONGHAUL_POLICY_ABI);
    return 0;
}

int longhaul_policy_host_main(const char *library) {
    signal(SIGPIPE, SIG_IGN);
    longhaul_shared *shared = map_memory();
    if (!shared) return 70;
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL) != 0) return 70;
    char *start = (char *)shared;
    longhaul_observation *observations = (longhaul_observation *)(start + shared->observations);
    longhaul_action *actions = (longhaul_action *)(start + shared->actions);
    longhaul_reset *resets = (longhaul_reset *)(start + shared->resets);

    policy_functions functions;
    void *policy = NULL;
    if (load(library, &functions, shared)) {
        policy = functions.create(
            start + shared->config, (size_t)shared->config_bytes, &shared->setup, shared->problem,
            sizeof shared->problem);
        if (!policy && !shared->problem[0])
            snprintf(shared->problem, sizeof shared->problem, "longhaul_policy_create returned NULL");
    }
    fflush(NULL);
    if (!policy) return tell('F') ? 0 : 70;
    uint32_t request = __atomic_load_n(&shared->asked, __ATOMIC_ACQUIRE);
    if (!tell('R')) return 0;
    for (;;) {
        request = next_request(shared, request);
        if (__atomic_load_n(&shared->must_end, __ATOMIC_ACQUIRE)) break;
        for (uint32_t i = 0; i < shared->reset_count; i++)
            functions.reset(policy, resets[i].slot, resets[i].seed);
        for (uint32_t i = 0; i < shared->count; i++) {
            actions[i].kind = LONGHAUL_CONTROL;
            actions[i].acceleration = actions[i].curvature = NAN;
        }
        functions.step(policy, shared->count, observations, actions);
        __atomic_store_n(&shared->answered, request, __ATOMIC_RELEASE);
        futex_wake(&shared->answered);
    }
    functions.destroy(policy);
    return 0;
}

int longhaul_policy_memory(const char *name, uint64_t bytes) {
    int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0 || bytes == 0) return memory;
    /* A policy that shrank it would make the engine's next access a fatal one. */
    if (ftruncate(memory, (off_t)bytes) == 0
        && fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return memory;
    int problem = errno;
    close(memory);
    errno = problem;
    return -1;
}

int longhaul_policy_spawn(
    const char *program, char *const arguments[], char *const environment[], int socket, int memory, int log,
    int *process) {
    /* Above the targets first, so that no target is overwritten before it was copied. */
    int high[3] = {-1, -1, -1};
    int given[3] = {socket, memory, log};
    int problem = 0;
    for (int i = 0; i < 3; i++) {
        high[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 16);
        if (high[i] < 0) problem = errno;
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, high[2], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, high[2], STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&files, high[0], LONGHAUL_HOST_SOCKET);
    posix_spawn_file_actions_adddup2(&files, high[1], LONGHAUL_HOST_MEMORY);
    posix_spawn_file_actions_addclosefrom_np(&files, LONGHAUL_HOST_MEMORY + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = 0;
    if (!problem) problem = posix_spawnp(&pid, program, &files, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    for (int i = 0; i < 3; i++)
        if (high[i] >= 0) close(high[i]);
    *process = pid;
    return problem;
}
