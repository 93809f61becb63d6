// The types of wit/abi.wit as they lie in memory, and the macros that name imports and exports.
// abi: "Alignment", "Element Size"; names of imports and exports as wit-component wants them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALUES "tenon:abi/values"
#define RESOURCES "tenon:abi/resources"
#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
// What a function returned may be freed: everything of the call's is.
#define POST_RETURN(label, name, result) \
  EXPORT("cabi_post_" label) void post_##name(result) { ResetArena(); }
#define LIST(...) __VA_ARGS__  // takes the parentheses off

// Gives up all that was allocated for the call.
void ResetArena(void);
void* Allocate(size_t alignment, size_t size);

typedef struct {
  uint32_t address, length;
} Pair;  // a string or a list

typedef struct {
  int32_t x, y;
} Point;
typedef struct {
  uint8_t flag;
  uint64_t big;
  uint8_t small;
  double ratio;
  uint32_t letter;
  Pair text;
  int16_t short_;
  float single;
} Mixed;
typedef struct {
  uint8_t is_some;
  uint8_t value;
} OptionU8;
typedef struct {
  uint8_t a;
  int8_t b;
  uint16_t c;
  int16_t d;
  uint32_t e;
  int32_t f;
  uint64_t g;
  int64_t h;
  float i;
  double j;
  uint32_t k;
  uint8_t l;
  Pair m, n;
  OptionU8 o;
} Large;
typedef struct {
  uint32_t p[17];
} Seventeen;

enum { kNothing, kCircle, kBox, kLabel, kPath };
typedef struct {
  uint8_t which;
  union {
    double circle;
    Point box;
    Pair pair;
  };
} Shape;
enum { kNarrow, kSingle, kWide, kDouble, kTiny };
typedef struct {
  uint8_t which;
  union {
    uint32_t narrow;
    float single;
    uint64_t wide;
    double double_;
    int8_t tiny;
  };
} Number;
typedef struct {
  uint8_t which;
  union {
    int32_t int_;
    float float_;
  };
} Either;
typedef struct {
  uint8_t is_some;
  float value;
} OptionF32;
typedef struct {
  uint64_t id;
  Pair name;
  OptionF32 score;
  Shape what;
} Entry;
typedef struct {
  uint8_t first;
  int64_t second;
  float third;
  Pair fourth;
} Tuple;

typedef struct {
  uint8_t is_some;
  uint32_t value;
} OptionU32;
typedef struct {
  uint8_t is_some;
  double value;
} OptionF64;
typedef struct {
  uint8_t is_some;
  Pair value;
} OptionString;
typedef struct {
  uint8_t is_some;
  OptionU8 value;
} OptionOption;
typedef struct {
  uint8_t is_err;
  union {
    uint32_t ok;
    Pair err;
  };
} Result;
typedef struct {
  uint8_t is_err;
  uint32_t ok;
} ResultOk;
typedef struct {
  uint8_t is_err;
  Pair err;
} ResultErr;
typedef struct {
  uint8_t is_err;
  union {
    float ok;
    uint64_t err;
  };
} ResultMixed;
