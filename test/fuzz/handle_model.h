// The handle tables of component instances as the specification has them, in as few words as can
// be: what `handles` compares the runtime with. abi: "Table State", "Resource State", lift_own,
// lift_borrow, lower_own, lower_borrow, "canon resource.new", "canon resource.drop".
//
// An operation either changes the model or says in `trap` why it traps, and then nothing else in
// the model means anything any more.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace tenon::abi {

class HandleModel {
 public:
  enum class Trap : uint8_t { kUnknown, kType, kLent, kNotOwned, kBorrowsLeft, kFull };
  enum class Mode : uint8_t { kOwn, kBorrow };
  // A parameter, or a result: of a resource type, as an index of the caller's or a representation
  // of the host's.
  struct Passed {
    Mode mode;
    uint32_t type;
    uint32_t value;
  };
  static constexpr uint32_t kHost = ~0u;  // as a caller

  struct Handle {
    uint32_t type = 0;
    uint32_t rep = 0;
    bool own = false;
    uint32_t call = 0;  // of a borrow: the call that must drop it
    uint32_t lends = 0;
  };
  // A call under way.
  struct Call {
    uint32_t caller = kHost;
    uint32_t callee = 0;
    uint32_t borrows = 0;           // that the callee has not dropped
    std::vector<uint32_t> lenders;  // the caller's indices
  };

  // `makers[t]`: the instance that defines resource type t, or kHost.
  HandleModel(uint32_t instances, std::vector<uint32_t> makers, uint32_t max_handles)
      : tables_(instances), makers_(std::move(makers)), max_handles_(max_handles) {}

  // Why the last operation traps. More than one reason where the order is not observable.
  const std::vector<Trap>& trap() const { return trap_; }
  const std::vector<Call>& calls() const { return calls_; }
  // By index; nothing where there is no handle.
  absl::Span<const std::optional<Handle>> Table(uint32_t instance) const {
    return tables_[instance].array;
  }

  uint32_t New(uint32_t instance, uint32_t type, uint32_t rep);
  uint32_t Rep(uint32_t instance, uint32_t type, uint32_t index);
  // The handle that was dropped: if it was owned its destructor runs next.
  Handle Drop(uint32_t instance, uint32_t type, uint32_t index);
  // A call of `callee`, whose parameters are returned as it gets them.
  std::vector<uint32_t> Begin(uint32_t caller, uint32_t callee, absl::Span<const Passed> params);
  // Its return; an owned result is returned as the caller gets it.
  uint32_t End(std::optional<Passed> result);
  // A call of the host, whose owned arguments it gets: the representations of all of them.
  std::vector<uint32_t> CallHost(uint32_t caller, absl::Span<const Passed> params);

 private:
  struct HandleTable {
    std::vector<std::optional<Handle>> array{std::nullopt};
    std::vector<uint32_t> free;
  };

  void Fail(Trap trap) {
    if (trap_.empty()) trap_.push_back(trap);
  }
  Handle* Get(uint32_t instance, uint32_t type, uint32_t index);
  uint32_t Add(uint32_t instance, const Handle& handle);
  void Remove(uint32_t instance, uint32_t index);
  uint32_t Lift(uint32_t instance, const Passed& passed, std::vector<uint32_t>* lenders);
  uint32_t Lower(uint32_t instance, const Passed& passed, uint32_t rep);
  bool IsFull(uint32_t instance) const;

  std::vector<HandleTable> tables_;
  std::vector<uint32_t> makers_;
  uint32_t max_handles_;
  std::vector<Call> calls_;
  std::vector<Trap> trap_;
};

}  // namespace tenon::abi
