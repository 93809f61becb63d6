// A component that answers every call by making the same one of its import: each value is lifted
// and lowered once more on its way in and out. Its counters hold imported ones.
#include "values.h"

#define FLAT(name, label, result, parameters, arguments)                               \
  IMPORT(VALUES, label) result Imported##name parameters;                              \
  EXPORT(VALUES "#" label) result name parameters { return Imported##name arguments; } \
  POST_RETURN(VALUES "#" label, name, result result_)
#define ECHO(name, label, type) FLAT(name, label, type, (type v), (v))
// The import's last parameter says where its result goes.
#define MEMORY(name, label, result, parameters, arguments)                      \
  IMPORT(VALUES, label) void Imported##name(LIST parameters, result* returned); \
  EXPORT(VALUES "#" label) result* name parameters {                            \
    static result returned;                                                     \
    Imported##name(LIST arguments, &returned);                                  \
    return &returned;                                                           \
  }                                                                             \
  POST_RETURN(VALUES "#" label, name, result* result_)
#define PAIR(name, label) \
  MEMORY(name, label, Pair, (uint32_t address, uint32_t length), (address, length))
#define GIVE(name, label)                                    \
  IMPORT(VALUES, label) void Imported##name(Pair* returned); \
  EXPORT(VALUES "#" label) Pair* name(void) {                \
    static Pair returned;                                    \
    Imported##name(&returned);                               \
    return &returned;                                        \
  }                                                          \
  POST_RETURN(VALUES "#" label, name, Pair* result_)
#include "values.def"

IMPORT(VALUES, "nothing") void ImportedNothing(void);
EXPORT(VALUES "#nothing") void Nothing(void) { ImportedNothing(); }

// --- Resources: a counter's representation is the number of the slot with the imported handle ----

enum { kCounters = 10000 };
static uint32_t imported[kCounters];  // of a free slot: the next free one
static uint32_t made = 1, free_slot;  // slot 0 is none

IMPORT("[export]" RESOURCES, "[resource-new]counter") uint32_t NewHandle(uint32_t rep);
IMPORT("[export]" RESOURCES, "[resource-rep]counter") uint32_t Rep(uint32_t handle);
IMPORT("[export]" RESOURCES, "[resource-drop]counter") void DropHandle(uint32_t handle);
IMPORT(RESOURCES, "[resource-drop]counter") void DropImported(uint32_t handle);
IMPORT(RESOURCES, "[constructor]counter") uint32_t ImportedNew(uint32_t start);
IMPORT(RESOURCES, "[method]counter.value") uint32_t ImportedValue(uint32_t handle);
IMPORT(RESOURCES, "[method]counter.add") uint32_t ImportedAdd(uint32_t handle, uint32_t n);
IMPORT(RESOURCES, "[static]counter.merge") uint32_t ImportedMerge(uint32_t a, uint32_t b);
IMPORT(RESOURCES, "echo-own") uint32_t ImportedEchoOwn(uint32_t handle);
IMPORT(RESOURCES, "make") void ImportedMake(uint32_t address, uint32_t length, Pair* returned);
IMPORT(RESOURCES, "sum") uint32_t ImportedSum(uint32_t address, uint32_t length);
IMPORT(RESOURCES, "unwrap")
void ImportedUnwrap(uint32_t is_some, uint32_t handle, Result* returned);
IMPORT(RESOURCES, "consume") void ImportedConsume(uint32_t handle);
IMPORT(RESOURCES, "live") uint32_t ImportedLive(void);

// A counter of ours around an imported one, and the way back.
static uint32_t Wrap(uint32_t handle) {
  uint32_t rep = free_slot;
  if (rep != 0)
    free_slot = imported[rep];
  else if (made == kCounters)
    __builtin_trap();
  else
    rep = made++;
  imported[rep] = handle;
  return NewHandle(rep);
}
static uint32_t TakeOut(uint32_t counter) {
  const uint32_t rep = Rep(counter);
  const uint32_t handle = imported[rep];
  imported[rep] = 0;  // for the destructor
  DropHandle(counter);
  return handle;
}
EXPORT(RESOURCES "#[dtor]counter") void DestroyCounter(uint32_t rep) {
  if (imported[rep] != 0) DropImported(imported[rep]);
  imported[rep] = free_slot;
  free_slot = rep;
}

EXPORT(RESOURCES "#[constructor]counter") uint32_t NewCounter(uint32_t start) {
  return Wrap(ImportedNew(start));
}
EXPORT(RESOURCES "#[method]counter.value") uint32_t CounterValue(uint32_t rep) {
  return ImportedValue(imported[rep]);
}
EXPORT(RESOURCES "#[method]counter.add") uint32_t CounterAdd(uint32_t rep, uint32_t n) {
  return ImportedAdd(imported[rep], n);
}
EXPORT(RESOURCES "#[static]counter.merge") uint32_t CounterMerge(uint32_t a, uint32_t b_rep) {
  return Wrap(ImportedMerge(TakeOut(a), imported[b_rep]));
}
EXPORT(RESOURCES "#echo-own") uint32_t EchoOwn(uint32_t counter) {
  return Wrap(ImportedEchoOwn(TakeOut(counter)));
}
EXPORT(RESOURCES "#make") Pair* Make(uint32_t address, uint32_t length) {
  static Pair returned;
  ImportedMake(address, length, &returned);
  uint32_t* handles = (uint32_t*)returned.address;
  for (uint32_t i = 0; i < returned.length; ++i) handles[i] = Wrap(handles[i]);
  return &returned;
}
POST_RETURN(RESOURCES "#make", Make, Pair* result)
EXPORT(RESOURCES "#sum") uint32_t Sum(uint32_t address, uint32_t length) {
  uint32_t* handles = (uint32_t*)address;
  for (uint32_t i = 0; i < length; ++i) handles[i] = imported[handles[i]];
  return ImportedSum(address, length);
}
POST_RETURN(RESOURCES "#sum", Sum, uint32_t result)
EXPORT(RESOURCES "#unwrap") Result* Unwrap(uint32_t is_some, uint32_t counter) {
  static Result returned;
  ImportedUnwrap(is_some, is_some ? TakeOut(counter) : 0, &returned);
  if (!returned.is_err) returned.ok = Wrap(returned.ok);
  return &returned;
}
EXPORT(RESOURCES "#consume") void Consume(uint32_t counter) { ImportedConsume(TakeOut(counter)); }
EXPORT(RESOURCES "#live") uint32_t Live(void) { return ImportedLive(); }
