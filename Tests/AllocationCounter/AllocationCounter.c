/* Stands before the C library's allocator in the test program and counts calls, thread by thread. */
#include "AllocationCounter.h"
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local unsigned long count;

unsigned long longhaul_allocations(void) { return count; }

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
/* A sanitizer stands there itself. */
bool longhaul_counts_allocations(void) { return false; }
#else
bool longhaul_counts_allocations(void) { return true; }

void *malloc(size_t size) { count++; return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { count++; return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { count++; return __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { count++; return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { count++; return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
    count++;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? 12 : 0;
}
#endif
