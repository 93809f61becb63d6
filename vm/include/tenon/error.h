// Errors as values: what kind of failure, what was wrong and where. A guest's trap is one of them.
// Nothing in Tenon throws.
#pragma once

#include <tenon/diagnosis.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tenon {

enum class ErrorKind : uint8_t {
  kMalformed,   // the bytes or the text are not of the format
  kInvalid,     // well-formed, but breaks a validation rule
  kUnlinkable,  // an import or export is missing or has the wrong type
  kLimit,       // beyond an implementation limit
  kTrap,        // the guest was ended: see Error::trap()
  kIo,          // a host file could not be read or written
  kUsage,       // the caller asked for something that makes no sense
};

// Where in an input something stands: a byte offset, and for text also a line and column.
// A plain value: it does not hold on to the input.
struct SourceLocation {
  uint64_t offset = 0;  // bytes from the start of the input
  uint32_t line = 0;    // 1-based; 0 when the input is binary
  uint32_t column = 0;  // 1-based, in bytes

  bool is_text() const { return line != 0; }
};

enum class TrapKind : uint8_t {
#define TRAP(name, text) k##name,
#include <tenon/traps.def>
};

// How a guest's execution ended.
struct Trap {
  TrapKind kind = TrapKind::kUnreachable;
  std::string message;    // "integer divide by zero"
  std::string backtrace;  // a line a frame, innermost first; may be empty
  int exit_code = 0;      // of TrapKind::kExit: the guest asked to end, which is no failure
};

// A failure that is the input's, the guest's or the caller's fault. Cheap to move (one pointer);
// never empty unless moved from. Making one is marked cold, which moves the code of failures out of
// the way of what succeeds.
class Error {
 public:
  [[gnu::cold]] Error(ErrorKind kind, std::string_view message);
  [[gnu::cold]] Error(ErrorKind kind, std::string_view message, SourceLocation where);
  [[gnu::cold]] explicit Error(Trap trap);

  ErrorKind kind() const { return rep_->kind; }
  // The message alone. The official suites' texts are prefixes of it.
  const std::string& message() const { return rep_->message; }
  const std::optional<SourceLocation>& where() const { return rep_->where; }
  // The trap of a kTrap; else null. It is the error's.
  const Trap* trap() const { return rep_->trap ? &*rep_->trap : nullptr; }

  // What there is to know of it as data; null where that is nothing. It is the error's.
  const Diagnosis* diagnosis() const { return rep_->diagnosis.get(); }

  // Prepends "context: " to what ToString shows, outermost first; the message stays a prefix match.
  Error&& WithContext(std::string_view context) &&;
  Error&& At(SourceLocation where) &&;
  // In place of the message there was.
  Error&& WithMessage(std::string message) &&;
  // In place of the diagnosis there was.
  [[gnu::cold]] Error&& WithDiagnosis(Diagnosis diagnosis) &&;
  // What is wrong stands within `step`, which leads the path of the diagnosis.
  [[gnu::cold]] Error&& Within(std::string step) &&;

  // One line: "context: message (at offset 0x1f)" or "line:column: message".
  std::string Headline() const;
  // That line, and below it, indented, what the diagnosis tells.
  std::string ToString() const;

 private:
  struct Rep {
    ErrorKind kind;
    std::string message;
    std::string context;
    std::optional<SourceLocation> where;
    std::optional<Trap> trap;
    std::unique_ptr<Diagnosis> diagnosis;
  };
  std::unique_ptr<Rep> rep_;
};

}  // namespace tenon
