// WASI 0.2 for the guests of a store: what each is granted, and the host functions that make it so.
//
//   AddWasi(linker);                            // once a linker
//   WasiContext grants;                         // nothing is granted but clocks and randomness
//   grants.AddDirectory("/srv/data", "/data", DirectoryAccess::kReadOnly);
//   SetWasi(store, std::move(grants));          // before the first guest of the store is made
#pragma once

#include <tenon/directory_access.h>
#include <tenon/expected.h>
#include <tenon/linker.h>
#include <tenon/store.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tenon {

namespace wasi {
class Context;
}

class WasiContext {
 public:
  WasiContext();
  ~WasiContext();
  WasiContext(WasiContext&&) noexcept;
  WasiContext& operator=(WasiContext&&) noexcept;

  // Arguments, names, values and guest paths are UTF-8, else kUsage; so is every call of a context
  // that was moved from.
  Expected<void> AddArgument(std::string_view argument);
  // A later value of the same name replaces the earlier one. kUsage when `name` is empty or has a
  // `=` in it.
  Expected<void> AddEnvironment(std::string_view name, std::string_view value);
  // Opens the directory at once: one that is missing is an error here (kIo), and not the guest's.
  // kUsage when a path is empty or the guest has that one already.
  Expected<void> AddDirectory(const std::string& host_path, std::string_view guest_path,
                              DirectoryAccess access);
  // Until one of these is called the guest reads nothing and what it writes is lost. The
  // descriptors are borrowed, and must stay open as long as the store.
  void SetStandardStreams(int stdin_fd, int stdout_fd, int stderr_fd);
  void InheritStandardStreams() { SetStandardStreams(0, 1, 2); }

  // For the library itself.
  explicit WasiContext(std::unique_ptr<wasi::Context> context);
  std::unique_ptr<wasi::Context> Release();

 private:
  std::unique_ptr<wasi::Context> context_;
};

// Every interface of WASI 0.2 that this version has. A store without grants has those of an empty
// WasiContext.
void AddWasi(Linker& linker);
// Replaces what guests of the store are granted. kUsage when either was moved from.
Expected<void> SetWasi(Store& store, WasiContext grants);

}  // namespace tenon
