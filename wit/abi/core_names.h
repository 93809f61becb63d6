// The names under which a core module imports and exports what its world has, in the two manglings
// that tools know, and their core types. abi: "Build Targets" (the standard32 one); the older one
// is what toolchains before it agreed on, and alone has names for what is async.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "wit/abi/core_builtins.h"
#include "wit/abi/shapes.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

enum class Mangling : uint8_t {
  kLegacy,      // "a:b/c@1.0.0" "f"; exports "a:b/c@1.0.0#f", "cabi_post_a:b/c@1.0.0#f"
  kStandard32,  // "cm32p2|a:b/c@1" "f"; exports "cm32p2|a:b/c@1|f", "cm32p2|a:b/c@1|f_post"
};

enum class CoreRole : uint8_t {
  kFunction,
  kPostReturn,    // of an export: is handed what that returned
  kResourceDrop,  // built-ins that are imported
  kResourceNew,   // of a resource that is exported
  kResourceRep,   // likewise
  kDestructor,    // of a resource that is exported
  kMemory,        // exports that are no part of the world
  kRealloc,
  kInitialize,
  kCallback,  // of an export that is lifted async with one
  kBuiltin,   // any other that is imported: `builtin`
};

struct CoreItem {
  CoreRole role = CoreRole::kFunction;
  std::string module;  // of an import
  std::string name;
  vm::FuncType type;                 // of all but the memory
  CallSide side = CallSide::kLower;  // of functions
  CoreBuiltin builtin;
  // What it belongs to: an item of the world's imports or exports, by its place there, and if that
  // is an interface, which function or resource of it.
  bool is_of_export = false;
  size_t world_item = 0;
  const Function* function = nullptr;
  TypeIdx resource;  // of the roles that have one
};

// All that a core module may import. Of built-ins those of resources and task.return are among
// them.
std::vector<CoreItem> CoreImports(const Packages& packages, const Shapes& shapes, WorldIdx world,
                                  Mangling mangling);
// All that one must export (kFunction, of an async function once), or may.
std::vector<CoreItem> CoreExports(const Packages& packages, const Shapes& shapes, WorldIdx world,
                                  Mangling mangling);

// "[method]r.f", "[static]r.f", "[constructor]r", or the function's own name: its name in a
// component. `resource` is what its resource is called there.
std::string ComponentName(const Function& function, absl::string_view resource);
// The same by the resource's name where it was declared.
std::string ComponentName(const Packages& packages, const Function& function);
// "a:b/c@1.0.0", or the plain name of a world's item.
std::string ComponentName(const Packages& packages, const WorldItem& item);

// The names that the functions of a world's own have in a component: a resource may be called
// otherwise there than where it was declared.
class WorldNames {
 public:
  // Both outlive it.
  WorldNames(const Packages& packages, const World& world);

  std::string NameOf(const WorldItem& item, const Function& function) const;
  // Of those of the world, and of interfaces.
  absl::string_view NameOf(TypeIdx resource) const;

 private:
  const Packages& packages_;
  absl::flat_hash_map<TypeIdx, absl::string_view> names_;  // of the world's own types
};

}  // namespace tenon::wit
