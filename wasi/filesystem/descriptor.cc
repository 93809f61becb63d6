#include "wasi/filesystem/descriptor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "vm/base/status.h"
#include "vm/base/utf8.h"
#include "wasi/filesystem/file_stream.h"
#include "wasi/os/guest_path.h"

namespace tenon::wasi {

OsResult<Descriptor> Descriptor::OpenHost(const std::string& host_path, DescriptorFlags rights,
                                          PathWalk walk, SharedAllowance open_files) {
  TENON_ASSIGN_OR_RETURN(UniqueFd fd, OpenHostDirectory(host_path));
  return Descriptor({std::move(fd), Share()}, std::move(open_files), FileType::kDirectory, rights,
                    rights.has(DescriptorFlags::kMutateDirectory), walk);
}

bool Descriptor::IsSameObject(const Descriptor& other) const {
  return wasi::IsSameObject(fd(), other.fd());
}

OsStatus Descriptor::RequireFile(uint8_t right) const {
  if (type_ == FileType::kDirectory) return OsError(ErrorCode::kIsDirectory);
  if (!flags_.has(right)) return OsError(ErrorCode::kBadDescriptor);
  return {};
}

OsStatus Descriptor::RequireDirectory() const {
  if (type_ != FileType::kDirectory) return OsError(ErrorCode::kNotDirectory);
  return {};
}

OsStatus Descriptor::RequireMutableDirectory() const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  if (!may_mutate_) return OsError(ErrorCode::kReadOnly);
  return {};
}

OsResult<std::unique_ptr<InputStream>> Descriptor::ReadViaStream(uint64_t offset) const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kRead));
  return std::make_unique<FileInputStream>(fd_, offset);
}

OsResult<std::unique_ptr<OutputStream>> Descriptor::WriteViaStream(uint64_t offset) const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kWrite));
  return std::make_unique<FileOutputStream>(fd_, offset);
}

OsResult<std::unique_ptr<OutputStream>> Descriptor::AppendViaStream() const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kWrite));
  return std::make_unique<FileAppendStream>(fd_);
}

OsResult<size_t> Descriptor::Read(absl::Span<uint8_t> into, uint64_t offset) const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kRead));
  return ReadAt(fd(), into.first(std::min<size_t>(into.size(), kMaxTransfer)), offset);
}

OsResult<uint64_t> Descriptor::Write(absl::Span<const uint8_t> bytes, uint64_t offset) const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kWrite));
  return WriteAt(fd(), bytes, offset);
}

OsStatus Descriptor::SetSize(uint64_t size) const {
  TENON_RETURN_IF_ERROR(RequireFile(DescriptorFlags::kWrite));
  return wasi::SetSize(fd(), size);
}

OsStatus Descriptor::Advise(uint64_t offset, uint64_t length, Advice advice) const {
  if (type_ == FileType::kDirectory) return OsError(ErrorCode::kBadDescriptor);
  return wasi::Advise(fd(), offset, length, advice);
}

OsStatus Descriptor::Sync() const {
  // The WIT: no effect, and no error, on what is not open for writing.
  if (!may_write_contents() && !(type_ == FileType::kDirectory && may_mutate_)) return {};
  return wasi::Sync(fd());
}

OsStatus Descriptor::SyncData() const {
  if (!may_write_contents() && !(type_ == FileType::kDirectory && may_mutate_)) return {};
  return wasi::SyncData(fd());
}

OsResult<FileStat> Descriptor::Stat() const { return wasi::Stat(fd()); }

OsResult<MetadataHashValue> Descriptor::MetadataHash() const { return HashMetadata(fd()); }

OsStatus Descriptor::SetTimes(const NewTimestamp& access, const NewTimestamp& modification) const {
  if (!may_mutate_) return OsError(ErrorCode::kNotPermitted);
  return wasi::SetTimes(fd(), access, modification);
}

OsResult<DirectoryStream> Descriptor::ReadDirectory() const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  if (!flags_.has(DescriptorFlags::kRead)) return OsError(ErrorCode::kBadDescriptor);
  Share share(open_files_);
  if (!share.Grow(1)) return OsError(ErrorCode::kInsufficientMemory);
  return DirectoryStream::Open(fd(), std::move(share));
}

OsResult<Descriptor> Descriptor::OpenAt(FollowFinal follow, absl::string_view path,
                                        OpenFlags open_flags, DescriptorFlags flags) const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  const bool mutates = flags.has(DescriptorFlags::kWrite | DescriptorFlags::kMutateDirectory) ||
                       open_flags.has(OpenFlags::kCreate | OpenFlags::kTruncate);
  if (mutates && !may_mutate_) return OsError(ErrorCode::kReadOnly);

  OpenRequest request;
  request.read = flags.has(DescriptorFlags::kRead);
  request.write = flags.has(DescriptorFlags::kWrite);
  request.create = open_flags.has(OpenFlags::kCreate);
  request.directory = open_flags.has(OpenFlags::kDirectory);
  request.exclusive = open_flags.has(OpenFlags::kExclusive);
  request.truncate = open_flags.has(OpenFlags::kTruncate);
  request.file_integrity_sync = flags.has(DescriptorFlags::kFileIntegritySync);
  request.data_integrity_sync =
      flags.has(DescriptorFlags::kDataIntegritySync | DescriptorFlags::kRequestedWriteSync);
  // POSIX: an exclusive create meets a link, it does not create what the link names.
  if (request.create && request.exclusive) follow = FollowFinal::kNo;

  Share share(open_files_);
  if (!share.Grow(1)) return OsError(ErrorCode::kInsufficientMemory);
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.Locate(fd(), path, follow));
  TENON_ASSIGN_OR_RETURN(OpenedFile opened, wasi::OpenAt(place, request));
  DescriptorFlags granted = flags;
  granted.bits &= static_cast<uint8_t>(~DescriptorFlags::kMutateDirectory);
  if (opened.type == FileType::kDirectory && may_mutate_) {
    granted.bits |= DescriptorFlags::kMutateDirectory;
  }
  return Descriptor({std::move(opened.fd), std::move(share)}, open_files_, opened.type, granted,
                    may_mutate_, walk_);
}

OsResult<FileStat> Descriptor::StatAt(FollowFinal follow, absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.Locate(fd(), path, follow));
  return wasi::StatAt(place);
}

OsResult<MetadataHashValue> Descriptor::MetadataHashAt(FollowFinal follow,
                                                       absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.Locate(fd(), path, follow));
  return HashMetadataAt(place);
}

OsStatus Descriptor::SetTimesAt(FollowFinal follow, absl::string_view path,
                                const NewTimestamp& access,
                                const NewTimestamp& modification) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.Locate(fd(), path, follow));
  return wasi::SetTimesAt(place, access, modification);
}

OsResult<std::string> Descriptor::ReadlinkAt(absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.LocateName(fd(), path));
  if (place.must_be_directory) return OsError(ErrorCode::kInvalid);  // no link is a directory
  TENON_ASSIGN_OR_RETURN(std::string contents, ReadLink(place.directory, place.name));
  if (absl::StartsWith(contents, "/")) return OsError(ErrorCode::kNotPermitted);
  if (!IsValidUtf8(contents)) return OsError(ErrorCode::kIllegalByteSequence);
  return contents;
}

OsStatus Descriptor::CreateDirectoryAt(absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.LocateName(fd(), path));
  return wasi::CreateDirectoryAt(place);
}

OsStatus Descriptor::RemoveDirectoryAt(absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.LocateName(fd(), path));
  return wasi::RemoveDirectoryAt(place);
}

OsStatus Descriptor::UnlinkFileAt(absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.LocateName(fd(), path));
  return wasi::UnlinkFileAt(place);
}

OsStatus Descriptor::SymlinkAt(absl::string_view contents, absl::string_view path) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  // The same rules as for a path of the guest: relative, no NUL, not empty, not too long.
  TENON_RETURN_IF_ERROR(SplitGuestPath(contents));
  TENON_ASSIGN_OR_RETURN(const Place place, walk_.LocateName(fd(), path));
  return wasi::SymlinkAt(std::string(contents), place);
}

OsStatus Descriptor::RenameAt(absl::string_view old_path, const Descriptor& new_base,
                              absl::string_view new_path) const {
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_RETURN_IF_ERROR(new_base.RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place from, walk_.LocateName(fd(), old_path));
  TENON_ASSIGN_OR_RETURN(const Place to, new_base.walk_.LocateName(new_base.fd(), new_path));
  return wasi::RenameAt(from, to);
}

OsStatus Descriptor::LinkAt(FollowFinal follow_old, absl::string_view old_path,
                            const Descriptor& new_base, absl::string_view new_path) const {
  // The source needs the right too: a second name in a mutable directory would make it writable.
  TENON_RETURN_IF_ERROR(RequireMutableDirectory());
  TENON_RETURN_IF_ERROR(new_base.RequireMutableDirectory());
  TENON_ASSIGN_OR_RETURN(const Place existing, walk_.Locate(fd(), old_path, follow_old));
  TENON_ASSIGN_OR_RETURN(const Place added, new_base.walk_.LocateName(new_base.fd(), new_path));
  return wasi::LinkAt(existing, added);
}

}  // namespace tenon::wasi
