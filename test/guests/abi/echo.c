// A component that returns every value it is given, made by hand: parameters arrive flat, results
// go into C structures, so that the two forms are checked against a C compiler's idea of them.
#include "values.h"

// --- From flat parameters to memory -------------------------------------------------------------

static float Float(uint64_t slot) {
  const uint32_t bits = (uint32_t)slot;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}
static double Double(uint64_t slot) {
  double value;
  __builtin_memcpy(&value, &slot, sizeof value);
  return value;
}

static Point MakeEchoPoint(int32_t x, int32_t y) { return (Point){x, y}; }
static Mixed MakeEchoMixed(uint32_t flag, uint64_t big, uint32_t small, double ratio,
                           uint32_t letter, uint32_t address, uint32_t length, int32_t short_,
                           float single) {
  return (Mixed){flag, big, small, ratio, letter, {address, length}, short_, single};
}
static Shape MakeEchoShape(uint32_t which, uint64_t slot0, uint32_t slot1) {
  Shape shape = {.which = which};
  if (which == kCircle) shape.circle = Double(slot0);
  if (which == kBox) shape.box = (Point){(int32_t)slot0, (int32_t)slot1};
  if (which == kLabel || which == kPath) shape.pair = (Pair){(uint32_t)slot0, slot1};
  return shape;
}
static Entry MakeEchoEntry(uint64_t id, uint32_t address, uint32_t length, uint32_t has_score,
                           float score, uint32_t shape, uint64_t slot0, uint32_t slot1) {
  return (Entry){id, {address, length}, {has_score, score}, MakeEchoShape(shape, slot0, slot1)};
}
static Large MakeEchoLarge(const Large* v) { return *v; }
static Large MakeManyParams(const Large* v) { return *v; }
static Tuple MakeEchoTuple(uint32_t first, int64_t second, float third, uint32_t address,
                           uint32_t length) {
  return (Tuple){first, second, third, {address, length}};
}
static Number MakeEchoNumber(uint32_t which, uint64_t slot) {
  Number number = {.which = which};
  if (which == kNarrow) number.narrow = (uint32_t)slot;
  if (which == kSingle) number.single = Float(slot);
  if (which == kWide) number.wide = slot;
  if (which == kDouble) number.double_ = Double(slot);
  if (which == kTiny) number.tiny = (int8_t)slot;
  return number;
}
static Either MakeEchoEither(uint32_t which, uint32_t slot) {
  Either either = {.which = which};
  if (which == 0) either.int_ = (int32_t)slot;
  if (which == 1) either.float_ = Float(slot);
  return either;
}
static OptionU32 MakeEchoOption(uint32_t is_some, uint32_t value) {
  return (OptionU32){is_some, value};
}
static OptionF64 MakeEchoOptionF64(uint32_t is_some, double value) {
  return (OptionF64){is_some, value};
}
static OptionString MakeEchoOptionString(uint32_t is_some, uint32_t address, uint32_t length) {
  return (OptionString){is_some, {address, length}};
}
static OptionOption MakeEchoOptionOption(uint32_t is_some, uint32_t inner_is_some, uint32_t value) {
  return (OptionOption){is_some, {inner_is_some, value}};
}
static Result MakeEchoResult(uint32_t is_err, uint32_t slot0, uint32_t slot1) {
  Result result = {.is_err = is_err};
  if (is_err)
    result.err = (Pair){slot0, slot1};
  else
    result.ok = slot0;
  return result;
}
static ResultOk MakeEchoResultOk(uint32_t is_err, uint32_t ok) { return (ResultOk){is_err, ok}; }
static ResultErr MakeEchoResultErr(uint32_t is_err, uint32_t address, uint32_t length) {
  return (ResultErr){is_err, {address, length}};
}
static ResultMixed MakeEchoResultMixed(uint32_t is_err, uint64_t slot) {
  ResultMixed result = {.is_err = is_err};
  if (is_err)
    result.err = slot;
  else
    result.ok = Float(slot);
  return result;
}

// --- Functions that compute ---------------------------------------------------------------------

static uint64_t MakeSixteen(uint32_t p1, uint32_t p2, uint32_t p3, uint32_t p4, uint32_t p5,
                            uint32_t p6, uint32_t p7, uint32_t p8, uint32_t p9, uint32_t p10,
                            uint32_t p11, uint32_t p12, uint32_t p13, uint32_t p14, uint32_t p15,
                            uint32_t p16) {
  const uint32_t p[] = {p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16};
  uint64_t sum = 0;
  for (uint64_t i = 0; i < 16; ++i) sum += (i + 1) * p[i];
  return sum;
}
static uint64_t MakeSeventeenParams(const Seventeen* v) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < 17; ++i) sum += (i + 1) * v->p[i];
  return sum;
}
static uint32_t MakeUnits(uint32_t address, uint32_t length) {
  (void)address;
  return length;
}

// What InspectTable says of a shape: its case, then its payload (of lists their length).
static size_t InspectShape(const Shape* shape, uint64_t* out) {
  size_t n = 0;
  out[n++] = shape->which;
  if (shape->which == kCircle) out[n++] = (uint64_t)(int64_t)shape->circle;
  if (shape->which == kBox) {
    out[n++] = (uint64_t)(int64_t)shape->box.x;
    out[n++] = (uint64_t)(int64_t)shape->box.y;
  }
  if (shape->which == kLabel || shape->which == kPath) out[n++] = shape->pair.length;
  return n;
}
static Pair MakeInspectTable(uint32_t address, uint32_t length) {
  const Pair* rows = (const Pair*)address;
  size_t entries = 0;
  for (uint32_t row = 0; row < length; ++row) entries += rows[row].length;
  uint64_t* out = Allocate(8, entries * 7 * sizeof *out);  // at most
  size_t n = 0;
  for (uint32_t row = 0; row < length; ++row) {
    const Entry* entry = (const Entry*)rows[row].address;
    for (const Entry* end = entry + rows[row].length; entry != end; ++entry) {
      out[n++] = entry->id;
      out[n++] = entry->name.length;
      out[n++] = entry->score.is_some;
      if (entry->score.is_some) out[n++] = (uint64_t)(int64_t)entry->score.value;
      n += InspectShape(&entry->what, out + n);
    }
  }
  return (Pair){(uint32_t)out, n};
}

// --- Strings ------------------------------------------------------------------------------------

#define UTF8(literal) u8##literal, sizeof u8##literal - 1
#define UTF16(literal) u##literal, sizeof u##literal / 2 - 1
#define TAGGED(literal) u##literal, (sizeof u##literal / 2 - 1) | 0x80000000u
#define LATIN1(literal) literal, sizeof literal - 1

#define MAKE_STRING(name, ...)                            \
  static Pair Make##name(void) {                          \
    static const struct {                                 \
      const void* text;                                   \
      uint32_t units;                                     \
    } kString = {__VA_ARGS__};                            \
    return (Pair){(uint32_t)kString.text, kString.units}; \
  }

#if defined(ENCODING_UTF16)
MAKE_STRING(Ascii, UTF16("hello"))
MAKE_STRING(Latin, UTF16("h\u00e9llo \u00ff"))
MAKE_STRING(Wide, UTF16("h\u20acllo \U0001f389"))
MAKE_STRING(Wasteful, UTF16("hello"))
#elif defined(ENCODING_LATIN1_UTF16)
static _Alignas(2) const char kAscii[] = "hello", kLatin[] = "h\xe9llo \xff";
MAKE_STRING(Ascii, LATIN1(kAscii))
MAKE_STRING(Latin, LATIN1(kLatin))
MAKE_STRING(Wide, TAGGED("h\u20acllo \U0001f389"))
MAKE_STRING(Wasteful, TAGGED("hello"))
#else
MAKE_STRING(Ascii, UTF8("hello"))
MAKE_STRING(Latin, UTF8("h\u00e9llo \u00ff"))
MAKE_STRING(Wide, UTF8("h\u20acllo \U0001f389"))
MAKE_STRING(Wasteful, UTF8("hello"))
#endif

// --- Exports ------------------------------------------------------------------------------------

#define FLAT(name, label, result, parameters, arguments)                           \
  EXPORT(VALUES "#" label) result name parameters { return Make##name arguments; } \
  POST_RETURN(VALUES "#" label, name, result result_)
#define MEMORY(name, label, result, parameters, arguments) \
  EXPORT(VALUES "#" label) result* name parameters {       \
    static result returned;                                \
    returned = Make##name arguments;                       \
    return &returned;                                      \
  }                                                        \
  POST_RETURN(VALUES "#" label, name, result* result_)
#define ECHO(name, label, type)                            \
  EXPORT(VALUES "#" label) type name(type v) { return v; } \
  POST_RETURN(VALUES "#" label, name, type result_)
#define PAIR(name, label)                                                                       \
  static Pair Make##name(uint32_t address, uint32_t length) { return (Pair){address, length}; } \
  MEMORY(name, label, Pair, (uint32_t address, uint32_t length), (address, length))
#define GIVE(name, label)                     \
  EXPORT(VALUES "#" label) Pair* name(void) { \
    static Pair returned;                     \
    returned = Make##name();                  \
    return &returned;                         \
  }                                           \
  POST_RETURN(VALUES "#" label, name, Pair* result_)
#include "values.def"

EXPORT(VALUES "#nothing") void Nothing(void) {}

// --- Resources: a counter's representation is its number --------------------------------------

enum { kCounters = 10000 };
static struct {
  uint32_t value, next_free;
} counters[kCounters];
static uint32_t made = 1, free_counter, live;  // counter 0 is none

IMPORT("[export]" RESOURCES, "[resource-new]counter") uint32_t NewHandle(uint32_t rep);
IMPORT("[export]" RESOURCES, "[resource-rep]counter") uint32_t Rep(uint32_t handle);
IMPORT("[export]" RESOURCES, "[resource-drop]counter") void DropHandle(uint32_t handle);

EXPORT(RESOURCES "#[constructor]counter") uint32_t NewCounter(uint32_t start) {
  uint32_t rep = free_counter;
  if (rep != 0)
    free_counter = counters[rep].next_free;
  else if (made == kCounters)
    __builtin_trap();
  else
    rep = made++;
  counters[rep].value = start;
  ++live;
  return NewHandle(rep);
}
EXPORT(RESOURCES "#[dtor]counter") void DestroyCounter(uint32_t rep) {
  counters[rep].next_free = free_counter;
  free_counter = rep;
  --live;
}
EXPORT(RESOURCES "#[method]counter.value") uint32_t CounterValue(uint32_t rep) {
  return counters[rep].value;
}
EXPORT(RESOURCES "#[method]counter.add") uint32_t CounterAdd(uint32_t rep, uint32_t n) {
  return counters[rep].value += n;
}
EXPORT(RESOURCES "#[static]counter.merge") uint32_t CounterMerge(uint32_t a, uint32_t b_rep) {
  const uint32_t sum = counters[Rep(a)].value + counters[b_rep].value;
  DropHandle(a);
  return NewCounter(sum);
}
EXPORT(RESOURCES "#echo-own") uint32_t EchoOwn(uint32_t handle) { return handle; }
EXPORT(RESOURCES "#make") Pair* Make(uint32_t address, uint32_t length) {
  static Pair returned;
  const uint32_t* values = (const uint32_t*)address;
  uint32_t* handles = Allocate(4, 4 * length);
  for (uint32_t i = 0; i < length; ++i) handles[i] = NewCounter(values[i]);
  returned = (Pair){(uint32_t)handles, length};
  return &returned;
}
POST_RETURN(RESOURCES "#make", Make, Pair* result)
EXPORT(RESOURCES "#sum") uint32_t Sum(uint32_t address, uint32_t length) {
  const uint32_t* reps = (const uint32_t*)address;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < length; ++i) sum += counters[reps[i]].value;
  return sum;
}
POST_RETURN(RESOURCES "#sum", Sum, uint32_t result)
EXPORT(RESOURCES "#unwrap") Result* Unwrap(uint32_t is_some, uint32_t handle) {
  static Result returned;
  returned.is_err = !is_some;
  if (is_some)
    returned.ok = handle;
  else
    returned.err = MakeAscii();
  return &returned;
}
EXPORT(RESOURCES "#consume") void Consume(uint32_t handle) { DropHandle(handle); }
EXPORT(RESOURCES "#live") uint32_t Live(void) { return live; }
