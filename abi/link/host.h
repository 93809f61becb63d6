// What the host offers to components: host functions (<tenon/host.h>) in the tables that linking
// looks into, and the linker that holds the interfaces. It must outlive the instances linked with
// it.
#pragma once

#include <tenon/host.h>  // IWYU pragma: export

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "abi/canon/lifted_func.h"
#include "abi/canon/typed.h"
#include "abi/syntax/arena.h"
#include "abi/syntax/name_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::abi {

using tenon::HostContext;
using tenon::HostInterface;

// What an instance exports under a function's name, in the words of its own types.
struct GuestFunc {
  const LiftedFunc* lifted = nullptr;  // null: the instance hands on a function of its host's
  const TypeTable* types = nullptr;
  FuncTypeId type;
  absl::Span<const ResourceType* const> resources;  // by ResourceId
  uint64_t store = 0;                               // Store::id(): it is linked nowhere else
};

// A function that a linker has: the host's own, or one that a guest exports (`guest`).
struct HostFunc {
  absl::string_view name;
  canon::HostCall call = nullptr;
  const void* callable = nullptr;  // kept by the linker; none when it has no state
  const canon::FuncShape* shape = nullptr;
  const GuestFunc* guest = nullptr;  // then the type is its, and `shape` is not looked at
};

// The functions and resource types of a HostInterface. It owns the names.
class HostTable {
 public:
  void AddFunc(HostFunc func, std::shared_ptr<const void> callable);
  // A guest's, whose instance `keep` keeps; where `func` is one of the host's that it hands on, its
  // callable is kept by whoever linked it.
  void AddGuestFunc(HostFunc func, const GuestFunc& guest, std::shared_ptr<const void> keep);
  void AddResource(absl::string_view name, const ResourceType* type);

  // Good until a function is added.
  const HostFunc* FindFunc(absl::string_view name) const { return funcs_.Find(name); }
  const ResourceType* FindResource(absl::string_view name) const;
  std::vector<absl::string_view> FuncNames() const;
  const NameMap<const ResourceType*>& resources() const { return resources_; }
  // Forgets all for what is linked from now on; what was linked goes on using it.
  void Clear();

 private:
  void Put(HostFunc func);
  absl::string_view Keep(absl::string_view name);

  syntax::Arena names_{256};  // most have a handful
  NameMap<HostFunc> funcs_;
  NameMap<const ResourceType*> resources_;
  std::vector<std::unique_ptr<const GuestFunc>> guest_funcs_;
  std::vector<std::shared_ptr<const void>> kept_;  // callables, and instances of guests
};

// An interface that a linker makes when something asks for it first: `add` gives it its functions
// and resource types.
struct HostOffer {
  absl::string_view name;
  void (*add)(HostInterface& interface);
};

// What becomes of an import that the host does not have. kTrap: a function that traps when it is
// called and says which it is; a resource type that has no values.
enum class UnknownImports : uint8_t { kRefuse, kTrap };

// What the host offers to components. An import is looked up by its exact name, then among the
// versions it is compatible with, where the highest registered wins (abi/syntax/semver.h).
class HostLinker {
 public:
  HostLinker();
  ~HostLinker();
  HostLinker(const HostLinker&) = delete;
  HostLinker& operator=(const HostLinker&) = delete;

  // The interface of that name ("wasi:io/streams@0.2.12"), made when first asked for.
  HostInterface& Interface(absl::string_view name);
  // Registers interfaces that are made when asked for. A table of constants: it outlives the
  // linker.
  void Offer(absl::Span<const HostOffer> offers) { offers_.push_back(offers); }
  // Functions and resource types imported by plain names.
  HostInterface& Root() { return root_; }

  // What is there with another type than the import's is refused in any case.
  void SetUnknownImports(UnknownImports choice) { unknown_imports_ = choice; }
  UnknownImports unknown_imports() const { return unknown_imports_; }

  // Null when nothing compatible is registered. From any thread.
  const HostInterface* Find(absl::string_view import_name) const;
  const HostInterface& root() const { return root_; }
  std::vector<absl::string_view> InterfaceNames() const;
  ResourceNames Names() const;
  // The interface that has the resource type; empty when none does.
  absl::string_view OwnerOf(const ResourceType* type) const;

 private:
  // The following are called with the mutex held.
  HostInterface* FindMade(absl::string_view name) const;
  const HostOffer* FindOffer(absl::string_view name) const;
  HostInterface& Make(absl::string_view name, void (*add)(HostInterface&)) const;
  void MakeAll() const;

  HostInterface root_;
  UnknownImports unknown_imports_ = UnknownImports::kRefuse;
  std::vector<absl::Span<const HostOffer>> offers_;
  mutable std::mutex mutex_;  // making what was offered is no change to those who look
  mutable NameMap<std::unique_ptr<HostInterface>> interfaces_;
};

}  // namespace tenon::abi
