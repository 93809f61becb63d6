// Marks of functions that are compiled for more than the baseline: they are called only where
// vm/sys/cpu.h says that the processor can.
#pragma once

#define TENON_WITH_FMA __attribute__((target("fma")))
