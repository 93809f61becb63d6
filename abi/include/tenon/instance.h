// A component's instance: its exports, found by name and checked against C++ types once. Copies are
// the same instance; instances, and functions taken from them, keep what they need alive.
#pragma once

#include <tenon/expected.h>
#include <tenon/func.h>
#include <tenon/guest_resource.h>

#include <memory>
#include <string_view>
#include <utility>

namespace tenon {

struct InstanceRep;

class Instance {
 public:
  explicit Instance(std::shared_ptr<InstanceRep> rep) : rep_(std::move(rep)) {}

  // The exported function with that C++ signature: `name`, or `name` of the exported `interface`,
  // which is looked up as imports are. kUnlinkable when it is not there or has another type.
  template <typename Signature>
  Expected<TypedFunc<Signature>> GetFunc(std::string_view interface, std::string_view name) const {
    auto func = Find(interface, name, canon::kFuncShape<Signature>);
    if (!func) return Unexpected(std::move(func).error());
    return TypedFunc<Signature>(std::move(*func));
  }
  template <typename Signature>
  Expected<TypedFunc<Signature>> GetFunc(std::string_view name) const {
    return GetFunc<Signature>("", name);
  }

  // Drops a guest's resource that the host holds, which runs its destructor. kUsage when it was
  // given away or is not of this instance's store.
  template <typename T>
  Expected<void> Drop(GuestOwn<T> resource) const {
    const GuestTypeId type = resource.type();
    return Drop(type, resource.Release());
  }

  const std::shared_ptr<InstanceRep>& rep() const { return rep_; }

 private:
  Expected<std::shared_ptr<const canon::CheckedExport>> Find(std::string_view interface,
                                                             std::string_view name,
                                                             const canon::FuncShape& shape) const;
  Expected<void> Drop(GuestTypeId type, uint32_t rep) const;

  std::shared_ptr<InstanceRep> rep_;
};

}  // namespace tenon
