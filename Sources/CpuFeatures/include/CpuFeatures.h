#ifndef LONGHAUL_CPU_FEATURES_H
#define LONGHAUL_CPU_FEATURES_H

/* 1 where CPU and operating system support the x86-64-v3 level (AVX2, FMA, BMI2, ...). */
int longhaul_cpu_has_v3(void);
/* 1 where they support the x86-64-v4 level (AVX-512 F, BW, CD, DQ, VL). */
int longhaul_cpu_has_v4(void);

#endif
