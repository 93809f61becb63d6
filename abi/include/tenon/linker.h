// What a host offers to components, and the step that joins it with a component in a store. Imports
// are checked by type then; a compatible version of an interface will do. Copies are the same
// linker. Instances keep it alive; add to it only while no other thread links.
#pragma once

#include <tenon/engine.h>
#include <tenon/expected.h>
#include <tenon/host.h>
#include <tenon/instance.h>
#include <tenon/store.h>

#include <memory>
#include <string_view>

namespace tenon {

struct LinkerRep;

class Linker {
 public:
  Linker();
  // Moves are copies, so that no linker is ever without its rep.
  Linker(const Linker&) = default;
  Linker& operator=(const Linker&) = default;

  // The interface of that name ("example:app/log@1.0.0"), made when first asked for; and what a
  // world imports by plain names. The references are good as long as the linker.
  HostInterface& Interface(std::string_view name);
  HostInterface& Root();

  // For components that are instantiated later in the instance's store: everything it exports,
  // under its own names; or the interface that it exports as `exported`, as `name`. An interface of
  // the linker's is replaced as a whole, an import finds it as it finds the host's, and calls go
  // from guest to guest, where bytes are copied from memory to memory and resources stay what they
  // are. kUnlinkable when there is no such export. Linking in another store fails with kUsage.
  Expected<void> Define(const Instance& instance);
  Expected<void> DefineInterface(std::string_view name, const Instance& instance,
                                 std::string_view exported);
  Expected<void> DefineInterface(std::string_view name, const Instance& instance) {
    return DefineInterface(name, instance, name);
  }

  // An import that is not there is then no error but a function that traps when it is called.
  void TrapUnknownImports();

  // kUnlinkable when an import is missing or of another type, kTrap when a start function traps,
  // kUsage when store and component are of different engines.
  Expected<Instance> Instantiate(Store& store, const Component& component) const;

  const std::shared_ptr<LinkerRep>& rep() const { return rep_; }

 private:
  std::shared_ptr<LinkerRep> rep_;
};

}  // namespace tenon
