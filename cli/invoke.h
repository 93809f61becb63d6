// `tenon run --invoke 'name(arguments)'`: one call of an exported function, its arguments and its
// result in WAVE. The text is read, and what is wrong with it told, before any guest code runs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/component.h"
#include "abi/link/instance.h"
#include "abi/types/value.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/commands.h"
#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/runtime/store.h"

namespace tenon::cli {

// A call of a component's function, ready to be made.
struct Invocation {
  std::string interface;  // exported by the component; empty: the function is the root's
  std::string name;
  std::vector<abi::Value> arguments;
};

// Finds the function that `text` names among all that are exported, root functions and those of
// exported interfaces, and reads the arguments. The name is a function's alone, if there is only
// one of it, or "interface#name"; the interface may do without its package and without its version,
// and is empty for a root function.
Result<Invocation> PrepareInvocation(const abi::CompiledComponent& component,
                                     const std::string& text);
// Calls, prints the result, "()" for none, and returns the exit code: 0 whatever the result is.
int Invoke(const RunOptions& options, const abi::Instance& instance, const Invocation& invocation);

// All of this for a core module, which must have no imports. Its i32, i64, f32 and f64 are s32,
// s64, f32 and f64; several results are a tuple. It is that of the image, or without one of the
// bytes.
int InvokeModule(const RunOptions& options, vm::Store& store, std::vector<uint8_t>& bytes,
                 const std::shared_ptr<const vm::artifact::Image>& image);

// Tells what is wrong with `text`, the option's value, and shows where: kExitUsage.
int ComplainOfInvocation(const std::string& text, const Error& error);
// What to do with a component that is no command: which functions '--invoke' may call instead;
// empty for a command.
std::string InvokeInstead(const abi::CompiledComponent& component);
// "a, b, c", after many "...".
std::string JoinSome(absl::Span<const std::string> names);
// "no function 'ad' is exported; did you mean 'add'?", or which there are.
std::string UnknownFunc(absl::string_view name, absl::Span<const absl::string_view> exported);

}  // namespace tenon::cli
