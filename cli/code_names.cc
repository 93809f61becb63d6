#include "cli/code_names.h"

#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "vm/artifact/symbols.h"
#include "vm/base/utf8.h"

namespace tenon::cli {
namespace {

using vm::artifact::Image;

// Names by the address of a function's code.
using Names = std::unordered_map<const void*, std::string>;

void NameFuncs(const Image& image, size_t index, const vm::LoadedModule& module, Names* names) {
  const vm::ResolvedModule* const whole = module.Whole();
  if (whole == nullptr) return;
  std::vector<vm::FuncIdx> funcs;
  for (size_t i = 0; i < image.func_count(index); ++i) {
    funcs.emplace_back(static_cast<uint32_t>(whole->imported_funcs + i));
  }
  const std::vector<absl::string_view> texts = whole->FunctionNames(funcs);
  const std::string prefix =
      module.path.empty() ? "" : absl::StrCat(EscapeControls(module.path), "!");
  for (size_t i = 0; i < funcs.size(); ++i) {
    const vm::NativeFunc native = image.NativeAt(index, i);
    std::string name = texts[i].empty() ? absl::StrCat(prefix, "<function ", funcs[i].value(), ">")
                                        : absl::StrCat(prefix, EscapeControls(texts[i]));
    if (native.tail != nullptr) names->emplace(native.tail, name);
    if (native.call != nullptr) names->emplace(native.call, std::move(name));
  }
}

}  // namespace

Result<std::vector<CodePiece>> PiecesOf(const Image& image, ModuleSpan modules) {
  TENON_ASSIGN_OR_RETURN(std::vector<vm::artifact::Symbol> symbols,
                         vm::artifact::ReadSymbols(image));
  Names names;
  for (size_t i = 0; i < modules.size(); ++i) NameFuncs(image, i, *modules[i], &names);
  std::vector<CodePiece> pieces;
  for (vm::artifact::Symbol& symbol : symbols) {
    const uint8_t* const begin = image.base() + symbol.offset;
    const auto named = names.find(begin);
    pieces.push_back(
        {begin, symbol.size, named != names.end() ? named->second : EscapeControls(symbol.name)});
  }
  return pieces;
}

}  // namespace tenon::cli
