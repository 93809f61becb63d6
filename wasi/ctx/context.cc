#include "wasi/ctx/context.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"

namespace tenon::wasi {
namespace {

// What reaches the guest as a string must be one: WIT strings are sequences of scalar values.
Status RequireUtf8(absl::string_view what, absl::string_view text) {
  if (IsValidUtf8(text)) return {};
  return Fail(ErrorKind::kUsage, absl::StrCat(what, " is not valid UTF-8"));
}

// "data" of "data/", by which a guest finds the same directory.
absl::string_view WithoutSlashes(absl::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path;
}

absl::string_view Reason(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoEntry: return "no such file or directory";
    case ErrorCode::kNotDirectory: return "not a directory";
    case ErrorCode::kAccess: return "permission denied";
    default: return ErrorCodeName(code);
  }
}

}  // namespace

Status Context::AddDirectory(const std::string& host_path, absl::string_view guest_path,
                             DirectoryAccess access) {
  if (host_path.empty() || guest_path.empty()) {
    return Fail(ErrorKind::kUsage, "a granted directory needs a host path and a guest path");
  }
  if (host_path.find('\0') != std::string::npos) {
    return Fail(ErrorKind::kUsage, "the path of a granted directory holds a NUL");
  }
  TENON_RETURN_IF_ERROR(RequireUtf8("the guest path of a granted directory", guest_path));
  for (const Preopen& other : preopens_) {
    if (WithoutSlashes(other.guest_path) != WithoutSlashes(guest_path)) continue;
    return Fail(ErrorKind::kUsage, absl::StrCat("the guest already has a directory '",
                                                other.guest_path, "'; name another with ::GUEST"));
  }
  DescriptorFlags rights{DescriptorFlags::kRead};
  if (access == DirectoryAccess::kReadWrite) rights.bits |= DescriptorFlags::kMutateDirectory;
  OsResult<Descriptor> directory =
      Descriptor::OpenHost(host_path, rights, PathWalk(walk_method_), open_files_);
  if (!directory) {
    return Fail(ErrorKind::kIo, absl::StrCat("can't grant the directory '", host_path,
                                             "': ", Reason(directory.error())));
  }
  preopens_.push_back(Preopen{std::move(*directory), std::string(guest_path)});
  return {};
}

Status Context::AddDirectoryOption(absl::string_view option, DirectoryAccess access) {
  const size_t separator = option.find("::");
  if (separator == absl::string_view::npos) {
    return AddDirectory(std::string(option), option, access);
  }
  return AddDirectory(std::string(option.substr(0, separator)), option.substr(separator + 2),
                      access);
}

Status Context::AddEnvironment(absl::string_view name, absl::string_view value) {
  if (name.empty() || name.find('=') != absl::string_view::npos) {
    return Fail(ErrorKind::kUsage,
                absl::StrCat("'", name, "' can't be the name of an environment variable"));
  }
  TENON_RETURN_IF_ERROR(RequireUtf8("the name of an environment variable", name));
  TENON_RETURN_IF_ERROR(RequireUtf8(absl::StrCat("the environment variable '", name, "'"), value));
  for (auto& [known, old_value] : environment_) {
    if (known == name) {
      old_value = std::string(value);
      return {};
    }
  }
  environment_.emplace_back(std::string(name), std::string(value));
  return {};
}

Status Context::AddEnvironmentOption(absl::string_view option) {
  const size_t equals = option.find('=');
  if (equals != absl::string_view::npos) {
    return AddEnvironment(option.substr(0, equals), option.substr(equals + 1));
  }
  const std::string name(option);
  if (name.empty()) return AddEnvironment(name, "");  // which says what is wrong with the name
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return Fail(ErrorKind::kUsage,
                absl::StrCat("the environment variable '", name, "' is not set; write ", name,
                             "=VALUE to give it a value"));
  }
  return AddEnvironment(name, value);
}

Status Context::AddArgument(absl::string_view argument) {
  TENON_RETURN_IF_ERROR(RequireUtf8("an argument of the guest", argument));
  arguments_.emplace_back(argument);
  return {};
}

void Context::SetStandardDescriptors(int stdin_fd, int stdout_fd, int stderr_fd) {
  stdin_fd_ = std::make_shared<StandardFd>(stdin_fd, kept_bytes_);
  stdout_fd_ = std::make_shared<StandardFd>(stdout_fd, kept_bytes_);
  stderr_fd_ = std::make_shared<StandardFd>(stderr_fd, kept_bytes_);
}

}  // namespace tenon::wasi
