// Errors as values (no exceptions in the core). An Error says what kind of failure it is, what was
// wrong and where; a Result<T> is a T or an Error. Traps are not errors: see vm/sem/trap.h.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "vm/base/location.h"

namespace tenon {

enum class ErrorKind : uint8_t {
  kMalformed,   // the bytes or the text are not of the format
  kInvalid,     // well-formed, but breaks a validation rule
  kUnlinkable,  // an import is missing or has the wrong type
  kLimit,       // beyond an implementation limit (vm/syntax/limits.h)
  kTrap,        // an instantiation ended in a trap
  kIo,          // a host file could not be read or written
  kUsage,       // the caller asked for something that makes no sense
};

// A failure that is the input's or the caller's fault. Cheap to move (one pointer); never empty
// unless moved from. Making one is marked cold, which moves the code of failures out of the way of
// what succeeds.
class Error {
 public:
  ABSL_ATTRIBUTE_COLD Error(ErrorKind kind, absl::string_view message);
  ABSL_ATTRIBUTE_COLD Error(ErrorKind kind, absl::string_view message, SourceLocation where);

  ErrorKind kind() const { return rep_->kind; }
  // The message alone. The official suites' texts are prefixes of it.
  const std::string& message() const { return rep_->message; }
  const std::optional<SourceLocation>& where() const { return rep_->where; }

  // Prepends "context: " to what ToString shows, outermost first; the message stays a prefix match.
  Error&& WithContext(absl::string_view context) &&;
  // "context: message (at offset 0x1f)" or "line:column: message".
  std::string ToString() const;

 private:
  struct Rep {
    ErrorKind kind;
    std::string message;
    std::string context;
    std::optional<SourceLocation> where;
  };
  std::unique_ptr<Rep> rep_;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// Builds the error side of any Result: `return Fail(ErrorKind::kInvalid, "type mismatch");`
inline std::unexpected<Error> Fail(ErrorKind kind, absl::string_view message) {
  return std::unexpected<Error>(Error(kind, message));
}
inline std::unexpected<Error> Fail(ErrorKind kind, absl::string_view message,
                                   SourceLocation where) {
  return std::unexpected<Error>(Error(kind, message, where));
}

// Ends the process with one line on standard error. For our own broken invariants only, never for
// input.
[[noreturn]] ABSL_ATTRIBUTE_COLD void CheckFailed(const char* condition, const char* file,
                                                  int line);

}  // namespace tenon

#define TENON_CHECK(condition) \
  ((condition) ? (void)0 : ::tenon::CheckFailed(#condition, __FILE__, __LINE__))

#define TENON_CONCAT_INNER(a, b) a##b
#define TENON_CONCAT(a, b) TENON_CONCAT_INNER(a, b)

// TENON_RETURN_IF_ERROR(expr): leaves the function with the error of a Status or Result.
#define TENON_RETURN_IF_ERROR(expr)                           \
  if (auto tenon_status = (expr); !tenon_status) [[unlikely]] \
  return std::unexpected(std::move(tenon_status).error())

// TENON_ASSIGN_OR_RETURN(auto x, expr): declares or sets x, or leaves the function with the error.
#define TENON_ASSIGN_OR_RETURN(target, expr) \
  TENON_ASSIGN_OR_RETURN_INNER(TENON_CONCAT(tenon_result_, __LINE__), target, expr)
#define TENON_ASSIGN_OR_RETURN_INNER(result, target, expr) \
  auto result = (expr);                                    \
  if (!result) [[unlikely]]                                \
    return std::unexpected(std::move(result).error());     \
  target = std::move(*result)
