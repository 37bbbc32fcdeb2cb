#ifndef LONGHAUL_ALLOCATION_COUNTER_H
#define LONGHAUL_ALLOCATION_COUNTER_H

#include <stdbool.h>

/* How often the calling thread has asked for memory since it began. */
unsigned long longhaul_allocations(void);

/* False under a sanitizer, where nothing is counted. */
bool longhaul_counts_allocations(void);

#endif
