#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "abi/link/host.h"
#include "absl/strings/string_view.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/guest_types.h"
#include "wasi/io/error.h"
#include "wasi/wasi.h"

namespace tenon::wasi {
namespace {

using abi::Borrow;
using abi::HostContext;
using abi::Own;

// A method of Descriptor whose types are the guest's as they are.
template <typename R, typename... Args>
auto Plain(R (Descriptor::*method)(Args...) const) {
  return [method](HostContext&, Borrow<Descriptor> self, Args... args) -> R {
    return ((*self).*method)(args...);
  };
}

OsResult<std::tuple<std::vector<uint8_t>, bool>> Read(HostContext&, Borrow<Descriptor> self,
                                                      uint64_t length, uint64_t offset) {
  std::vector<uint8_t> bytes(std::min(length, kMaxTransfer));
  TENON_ASSIGN_OR_RETURN(const size_t got, self->Read(absl::MakeSpan(bytes), offset));
  const bool at_end = got == 0 && !bytes.empty();
  bytes.resize(got);
  return std::tuple(std::move(bytes), at_end);
}

OsResult<Own<Descriptor>> OpenAt(HostContext&, Borrow<Descriptor> self, GuestPathFlags path_flags,
                                 absl::string_view path, GuestOpenFlags open_flags,
                                 GuestDescriptorFlags flags) {
  TENON_ASSIGN_OR_RETURN(Descriptor opened, self->OpenAt(FromGuest(path_flags), path,
                                                         FromGuest(open_flags), FromGuest(flags)));
  return abi::MakeOwn<Descriptor>(std::move(opened));
}

OsResult<Own<DirectoryStream>> ReadDirectory(HostContext&, Borrow<Descriptor> self) {
  TENON_ASSIGN_OR_RETURN(DirectoryStream entries, self->ReadDirectory());
  return abi::MakeOwn<DirectoryStream>(std::move(entries));
}

// What is done with a file that is open.
void AddFileMethods(abi::HostInterface& types) {
  types.Func(
      "[method]descriptor.read-via-stream",
      [](HostContext&, Borrow<Descriptor> self, uint64_t offset) -> OsResult<Own<InputStream>> {
        return self->ReadViaStream(offset);
      });
  types.Func(
      "[method]descriptor.write-via-stream",
      [](HostContext&, Borrow<Descriptor> self, uint64_t offset) -> OsResult<Own<OutputStream>> {
        return self->WriteViaStream(offset);
      });
  types.Func("[method]descriptor.append-via-stream",
             [](HostContext&, Borrow<Descriptor> self) -> OsResult<Own<OutputStream>> {
               return self->AppendViaStream();
             });
  types.Func("[method]descriptor.read", &Read);
  types.Func("[method]descriptor.write", Plain(&Descriptor::Write));
  types.Func("[method]descriptor.set-size", Plain(&Descriptor::SetSize));
  types.Func("[method]descriptor.advise", Plain(&Descriptor::Advise));
  types.Func("[method]descriptor.sync", Plain(&Descriptor::Sync));
  types.Func("[method]descriptor.sync-data", Plain(&Descriptor::SyncData));
}

// What is said about whatever is open.
void AddMetadataMethods(abi::HostInterface& types) {
  types.Func("[method]descriptor.get-flags",
             [](HostContext&, Borrow<Descriptor> self) -> OsResult<GuestDescriptorFlags> {
               return static_cast<GuestDescriptorFlags>(self->flags().bits);
             });
  types.Func(
      "[method]descriptor.get-type",
      [](HostContext&, Borrow<Descriptor> self) -> OsResult<FileType> { return self->type(); });
  types.Func("[method]descriptor.stat", Plain(&Descriptor::Stat));
  types.Func("[method]descriptor.metadata-hash", Plain(&Descriptor::MetadataHash));
  types.Func("[method]descriptor.is-same-object",
             [](HostContext&, Borrow<Descriptor> self, Borrow<Descriptor> other) {
               return self->IsSameObject(*other);
             });
  types.Func("[method]descriptor.set-times",
             [](HostContext&, Borrow<Descriptor> self, GuestNewTimestamp access,
                GuestNewTimestamp modification) {
               return self->SetTimes(FromGuest(access), FromGuest(modification));
             });
}

// What is done with names beneath a directory.
void AddDirectoryMethods(abi::HostInterface& types) {
  types.Func("[method]descriptor.read-directory", &ReadDirectory);
  types.Func("[method]descriptor.open-at", &OpenAt);
  types.Func("[method]descriptor.stat-at",
             [](HostContext&, Borrow<Descriptor> self, GuestPathFlags path_flags,
                absl::string_view path) { return self->StatAt(FromGuest(path_flags), path); });
  types.Func(
      "[method]descriptor.metadata-hash-at",
      [](HostContext&, Borrow<Descriptor> self, GuestPathFlags path_flags, absl::string_view path) {
        return self->MetadataHashAt(FromGuest(path_flags), path);
      });
  types.Func("[method]descriptor.set-times-at",
             [](HostContext&, Borrow<Descriptor> self, GuestPathFlags path_flags,
                absl::string_view path, GuestNewTimestamp access, GuestNewTimestamp modification) {
               return self->SetTimesAt(FromGuest(path_flags), path, FromGuest(access),
                                       FromGuest(modification));
             });
  types.Func("[method]descriptor.readlink-at", Plain(&Descriptor::ReadlinkAt));
  types.Func("[method]descriptor.create-directory-at", Plain(&Descriptor::CreateDirectoryAt));
  types.Func("[method]descriptor.remove-directory-at", Plain(&Descriptor::RemoveDirectoryAt));
  types.Func("[method]descriptor.unlink-file-at", Plain(&Descriptor::UnlinkFileAt));
  types.Func("[method]descriptor.symlink-at", Plain(&Descriptor::SymlinkAt));
  types.Func("[method]descriptor.rename-at",
             [](HostContext&, Borrow<Descriptor> self, absl::string_view old_path,
                Borrow<Descriptor> new_base, absl::string_view new_path) {
               return self->RenameAt(old_path, *new_base, new_path);
             });
  types.Func(
      "[method]descriptor.link-at",
      [](HostContext&, Borrow<Descriptor> self, GuestPathFlags old_path_flags,
         absl::string_view old_path, Borrow<Descriptor> new_base, absl::string_view new_path) {
        return self->LinkAt(FromGuest(old_path_flags), old_path, *new_base, new_path);
      });
}

}  // namespace

void AddFilesystemTypes(abi::HostInterface& types) {
  types.Resource<Descriptor>("descriptor");
  AddFileMethods(types);
  AddMetadataMethods(types);
  AddDirectoryMethods(types);
  types.Resource<DirectoryStream>("directory-entry-stream");
  types.Func("[method]directory-entry-stream.read-directory-entry",
             [](HostContext&, Borrow<DirectoryStream> self) { return self->Next(); });
  types.Func("filesystem-error-code", [](HostContext&, Borrow<IoError> error) {
    return std::optional<ErrorCode>(error->code);
  });
}

}  // namespace tenon::wasi
