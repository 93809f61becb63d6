// What is compiled when Tenon is built and linked into images: bitcode of vm/sem
// (lower/semantics_bitcode.cc), and an object with the functions that LLVM makes calls of by itself
// (image/support.c).
#pragma once

extern "C" {
extern const char tenon_jit_semantics[], tenon_jit_semantics_end[];
extern const char tenon_jit_support[], tenon_jit_support_end[];
}
