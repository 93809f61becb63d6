// <tenon/wasi.h> in terms of wasi::Context.
#include <tenon/wasi.h>

#include "abi/api/reps.h"
#include "vm/base/from_std.h"
#include "wasi/ctx/context.h"
#include "wasi/os/file.h"
#include "wasi/wasi.h"

namespace tenon {
namespace {

void Grant(StoreRep& store, std::unique_ptr<wasi::Context> context) {
  std::shared_ptr<wasi::Context> shared = std::move(context);
  if (store.grants != nullptr)
    store.kept.push_back(store.grants);  // streams may use its descriptors
  store.store.set_host_state(shared.get());
  store.grants = std::move(shared);
}

void GrantNothing(StoreRep& store) {
  if (store.grants == nullptr) Grant(store, WasiContext().Release());
}

constexpr char kMovedFrom[] = "the WasiContext was moved from";

}  // namespace

WasiContext::WasiContext() : context_(std::make_unique<wasi::Context>()) {
  const int nothing = wasi::NullDevice();
  SetStandardStreams(nothing, nothing, nothing);
}
WasiContext::WasiContext(std::unique_ptr<wasi::Context> context) : context_(std::move(context)) {}
WasiContext::~WasiContext() = default;
WasiContext::WasiContext(WasiContext&&) noexcept = default;
WasiContext& WasiContext::operator=(WasiContext&&) noexcept = default;
std::unique_ptr<wasi::Context> WasiContext::Release() { return std::move(context_); }

Expected<void> WasiContext::AddArgument(std::string_view argument) {
  if (context_ == nullptr) return Misuse(kMovedFrom);
  return ToExpected(context_->AddArgument(FromStd(argument)));
}

Expected<void> WasiContext::AddEnvironment(std::string_view name, std::string_view value) {
  if (context_ == nullptr) return Misuse(kMovedFrom);
  return ToExpected(context_->AddEnvironment(FromStd(name), FromStd(value)));
}

Expected<void> WasiContext::AddDirectory(const std::string& host_path, std::string_view guest_path,
                                         DirectoryAccess access) {
  if (context_ == nullptr) return Misuse(kMovedFrom);
  return ToExpected(context_->AddDirectory(host_path, FromStd(guest_path), access));
}

void WasiContext::SetStandardStreams(int stdin_fd, int stdout_fd, int stderr_fd) {
  if (context_ != nullptr) context_->SetStandardDescriptors(stdin_fd, stdout_fd, stderr_fd);
}

void AddWasi(Linker& linker) {
  wasi::AddToLinker(linker.rep()->linker);
  linker.rep()->prepare = &GrantNothing;
}

Expected<void> SetWasi(Store& store, WasiContext grants) {
  if (store.rep() == nullptr)
    return Misuse("the store, or the engine it was made of, was moved from");
  std::unique_ptr<wasi::Context> context = grants.Release();
  if (context == nullptr) return Misuse(kMovedFrom);
  Grant(*store.rep(), std::move(context));
  return {};
}

}  // namespace tenon
