#include "test/fuzz/handle_model.h"

namespace tenon::abi {

HandleModel::Handle* HandleModel::Get(uint32_t instance, uint32_t type, uint32_t index) {
  std::vector<std::optional<Handle>>& array = tables_[instance].array;
  if (index >= array.size() || !array[index]) {
    Fail(Trap::kUnknown);
  } else if (array[index]->type != type) {
    Fail(Trap::kType);
  }
  return trap_.empty() ? &*array[index] : nullptr;
}

bool HandleModel::IsFull(uint32_t instance) const {
  return tables_[instance].free.empty() && tables_[instance].array.size() > max_handles_;
}

uint32_t HandleModel::Add(uint32_t instance, const Handle& handle) {
  auto& [array, free] = tables_[instance];
  if (IsFull(instance)) {
    Fail(Trap::kFull);
    return 0;
  }
  uint32_t index = static_cast<uint32_t>(array.size());
  if (free.empty()) {
    array.push_back(handle);
  } else {
    index = free.back();
    free.pop_back();
    array[index] = handle;
  }
  return index;
}

void HandleModel::Remove(uint32_t instance, uint32_t index) {
  tables_[instance].array[index].reset();
  tables_[instance].free.push_back(index);
}

uint32_t HandleModel::New(uint32_t instance, uint32_t type, uint32_t rep) {
  return Add(instance, {.type = type, .rep = rep, .own = true});
}

uint32_t HandleModel::Rep(uint32_t instance, uint32_t type, uint32_t index) {
  const Handle* handle = Get(instance, type, index);
  return handle == nullptr ? 0 : handle->rep;
}

HandleModel::Handle HandleModel::Drop(uint32_t instance, uint32_t type, uint32_t index) {
  const Handle* found = Get(instance, type, index);
  if (found == nullptr) return {};
  if (found->lends != 0) Fail(Trap::kLent);
  const Handle handle = *found;
  Remove(instance, index);
  if (!handle.own) --calls_[handle.call].borrows;
  return handle;
}

// The representation. An index that is owned is gone then; of one that is borrowed, the caller is
// the lender until the call ends.
uint32_t HandleModel::Lift(uint32_t instance, const Passed& passed,
                           std::vector<uint32_t>* lenders) {
  if (instance == kHost) return passed.value;
  Handle* handle = Get(instance, passed.type, passed.value);
  if (handle == nullptr) return 0;
  const uint32_t rep = handle->rep;
  if (passed.mode == Mode::kBorrow) {
    ++handle->lends;
    lenders->push_back(passed.value);
    return rep;
  }
  if (handle->lends != 0) Fail(Trap::kLent);
  if (!handle->own) Fail(Trap::kNotOwned);
  Remove(instance, passed.value);
  return rep;
}

// In the innermost call.
uint32_t HandleModel::Lower(uint32_t instance, const Passed& passed, uint32_t rep) {
  if (instance == kHost) return rep;
  if (passed.mode == Mode::kOwn) return New(instance, passed.type, rep);
  if (makers_[passed.type] == instance) return rep;
  ++calls_.back().borrows;
  return Add(instance,
             {.type = passed.type, .rep = rep, .call = static_cast<uint32_t>(calls_.size() - 1)});
}

std::vector<uint32_t> HandleModel::Begin(uint32_t caller, uint32_t callee,
                                         absl::Span<const Passed> params) {
  std::vector<uint32_t> values;
  Call call{.caller = caller, .callee = callee};
  for (const Passed& param : params) values.push_back(Lift(caller, param, &call.lenders));
  // A value may be lowered before the next is lifted: nobody can tell, but by which of them traps.
  if (!trap_.empty() && IsFull(callee)) trap_.push_back(Trap::kFull);
  calls_.push_back(std::move(call));
  for (size_t i = 0; i < values.size(); ++i) values[i] = Lower(callee, params[i], values[i]);
  return values;
}

uint32_t HandleModel::End(std::optional<Passed> result) {
  const Call call = calls_.back();
  uint32_t value = 0;
  if (result) value = Lift(call.callee, *result, nullptr);
  // Which of two reasons a trap has is not the specification's.
  if (call.borrows != 0) trap_.push_back(Trap::kBorrowsLeft);
  calls_.pop_back();
  if (!trap_.empty()) return 0;
  if (result) value = Lower(call.caller, *result, value);
  for (const uint32_t lender : call.lenders) --tables_[call.caller].array[lender]->lends;
  return value;
}

std::vector<uint32_t> HandleModel::CallHost(uint32_t caller, absl::Span<const Passed> params) {
  std::vector<uint32_t> reps, lenders;
  for (const Passed& param : params) reps.push_back(Lift(caller, param, &lenders));
  for (const uint32_t lender : lenders) {
    if (trap_.empty()) --tables_[caller].array[lender]->lends;
  }
  return reps;
}

}  // namespace tenon::abi
