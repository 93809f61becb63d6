// Marks of functions that are compiled for more than the baseline, as vm/sys/cpu.h tells.
#pragma once

#define TENON_WITH_FMA __attribute__((target("fma")))
