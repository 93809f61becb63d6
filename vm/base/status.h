// Errors as values (no exceptions in the core). An Error says what kind of failure it is, what was
// wrong and where (<tenon/error.h>); a Result<T> is a T or an Error. In here traps are values of
// their own (vm/sem/trap.h); at the public API they become errors.
#pragma once

#include <tenon/error.h>  // IWYU pragma: export

#include <expected>
#include <string_view>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"

namespace tenon {

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// Builds the error side of any Result: `return Fail(ErrorKind::kInvalid, "type mismatch");`
inline std::unexpected<Error> Fail(ErrorKind kind, absl::string_view message) {
  return std::unexpected<Error>(Error(kind, {message.data(), message.size()}));
}
inline std::unexpected<Error> Fail(ErrorKind kind, absl::string_view message,
                                   SourceLocation where) {
  return std::unexpected<Error>(Error(kind, {message.data(), message.size()}, where));
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
