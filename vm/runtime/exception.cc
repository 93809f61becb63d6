// The store's side of exceptions.
#include "vm/runtime/exception.h"

#include "absl/strings/str_cat.h"
#include "vm/runtime/store.h"

namespace tenon::vm {

const TagInstance* Store::NewTag(TypeId type) {
  const FuncType& values = engine_->types().Get(type).func;
  return &tags_.emplace_back(TagInstance{type, &values, &engine_->layouts().Of(type), this});
}

Ref Store::NewException(const TagInstance& tag, const Slot* values) {
  const Ref exception = heap() != nullptr ? heap_->Allocate(*tag.layout) : kNullRef;
  if (exception == kNullRef) return kNullRef;
  uint8_t* object = heap_->At(exception);
  WriteField(object + kExceptionTag, &tag);
  for (const FieldLayout& field : tag.layout->fields) {
    field.Store(object, values);
    values += field.slots();
  }
  return exception;
}

const TagInstance& Store::TagOf(Ref exception) const {
  return *ReadField<const TagInstance*>(heap_->At(exception) + kExceptionTag);
}

void Store::ReadException(Ref exception, Slot* values) const {
  const uint8_t* object = heap_->At(exception);
  for (const FieldLayout& field : TagOf(exception).layout->fields) {
    field.Load(object, values);
    values += field.slots();
  }
}

void Store::Throw(Ref exception) {
  TENON_CHECK(IsObject(exception) && !threw());
  run_.exception = exception;
}

void Store::Throw(const TagInstance& tag, const Slot* values) {
  const Ref exception = NewException(tag, values);
  if (exception == kNullRef) return SetTrap(TrapKind::kOutOfMemory);
  Throw(exception);
}

Root Store::TakeException() {
  Root exception = Keep(run_.exception);
  ForgetException();
  return exception;
}

void Store::ForgetException() {
  run_.exception = kNullRef;
  exception_trace_.clear();
}

// A call that did not return.
CallOutcome Store::Failed() {
  if (!trapped() && threw()) return CallOutcome::kThrew;
  ForgetException();
  SetTrap(TrapKind::kHost);  // a host function that failed for no reason
  return CallOutcome::kTrapped;
}

std::string Store::Describe(const TagInstance& tag) const {
  for (const auto& instance : instances_) {
    const std::string name = instance->NameOfOwn(tag);
    if (name.empty()) continue;
    const std::string whose = instance->Name();
    return absl::StrCat("tag ", name, whose.empty() ? "" : " of ", whose);
  }
  return "";  // the host's
}

void Store::TrapException() {
  SetTrap(TrapKind::kUncaughtException, Describe(TagOf(run_.exception)));
  engine_->tier().append_trace(exception_trace_, &trap_);
  ForgetException();
}

}  // namespace tenon::vm
