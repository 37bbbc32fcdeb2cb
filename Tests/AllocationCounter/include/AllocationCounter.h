#ifndef LONGHAUL_ALLOCATION_COUNTER_H
#define LONGHAUL_ALLOCATION_COUNTER_H

/* How often the calling thread has asked for memory since it began. */
unsigned long longhaul_allocations(void);

#endif
