#include "jit/program/objdump.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "jit/lower/module_lowering.h"
#include "jit/program/guest_text.h"
#include "llvm-c/Disassembler.h"
#include "llvm-c/Target.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/artifact/image.h"
#include "vm/artifact/symbols.h"

namespace tenon::jit {
namespace {

using vm::artifact::Image;
using vm::artifact::Symbol;

class CodePrinter {
 public:
  static Status Print(const Image& image, const std::string& filter) {
    TENON_ASSIGN_OR_RETURN(const auto symbols, vm::artifact::ReadSymbols(image));
    CodePrinter printer(image, symbols);
    std::vector<const vm::FuncPositions*> chosen;
    for (const vm::FuncPositions& func : image.positions().funcs()) {
      if (printer.Choose(func, filter)) chosen.push_back(&func);
    }
    if (chosen.empty()) {
      return Fail(ErrorKind::kUsage, absl::StrCat("no machine code of a function ", filter));
    }
    if (!printer.has_all_) {
      llvm::outs() << "; of the guest what may trap or call; 'tenon compile -g' tells of all\n\n";
    }
    for (const vm::FuncPositions* func : chosen) printer.PrintFunction(*func);
    return {};
  }

 private:
  CodePrinter(const Image& image, const std::vector<Symbol>& symbols)
      : image_(image),
        symbols_(symbols),
        has_all_((image.header().settings & vm::artifact::kAllPositions) != 0),
        guest_(image) {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    disassembler_ = LLVMCreateDisasm("x86_64-unknown-linux-gnu", this, 0, nullptr, NameOfTarget);
    TENON_CHECK(disassembler_ != nullptr);
    LLVMSetDisasmOptions(disassembler_, LLVMDisassembler_Option_PrintImmHex);
  }
  CodePrinter(const CodePrinter&) = delete;
  CodePrinter& operator=(const CodePrinter&) = delete;
  ~CodePrinter() { LLVMDisasmDispose(disassembler_); }

  const Symbol* SymbolAt(uint64_t offset) const {
    const auto found = absl::c_lower_bound(
        symbols_, offset, [](const Symbol& symbol, uint64_t at) { return symbol.offset < at; });
    return found != symbols_.end() && found->offset == offset ? &*found : nullptr;
  }

  // What the disassembler shows in the place of a branch's target.
  static const char* NameOfTarget(void* self, uint64_t value, uint64_t* kind, uint64_t,
                                  const char** name) {
    const bool is_branch = *kind == LLVMDisassembler_ReferenceType_In_Branch;
    *kind = LLVMDisassembler_ReferenceType_InOut_None;
    *name = nullptr;
    const Symbol* symbol = is_branch ? static_cast<CodePrinter*>(self)->SymbolAt(value) : nullptr;
    return symbol != nullptr ? symbol->name.c_str() : nullptr;
  }

  std::string NameAt(uint64_t offset) const {
    const Symbol* const symbol = SymbolAt(offset);
    return symbol != nullptr ? symbol->name : "";
  }

  // Whether to print a function, of that index or with that in its name, which may be as backtraces
  // have it, `instance!function`; says then which lines will be asked for.
  bool Choose(const vm::FuncPositions& func, const std::string& filter) {
    const std::string name = NameInSymbol(filter.substr(filter.rfind('!') + 1));
    vm::PositionReader reader = image_.positions().Read(func);
    uint32_t index = 0;
    const bool is_asked_for = absl::SimpleAtoi(filter, &index)
                                  ? reader.func() && reader.func()->value() == index
                                  : absl::StrContains(NameAt(func.code), name);
    if (!reader.ok() || !image_.IsCode(func.code, reader.size()) || !is_asked_for) return false;
    vm::PositionReader::Row row;
    while (reader.Next(&row)) guest_.WantLine(reader.module(), row.offset);
    return true;
  }

  void PrintFunction(const vm::FuncPositions& func) {
    vm::PositionReader reader = image_.positions().Read(func);
    llvm::outs() << absl::StrFormat("%08x <%s>", func.code, NameAt(func.code));
    if (reader.func()) {
      llvm::outs() << absl::StrCat(": module ", reader.module(), ", function ",
                                   reader.func()->value());
    }
    llvm::outs() << "\n";
    BeginGuest(func);
    vm::PositionReader::Row row, next;
    bool has_next = reader.Next(&next);
    for (uint32_t at = 0; at < reader.size();) {
      bool is_new = false;
      while (has_next && next.code <= at) {
        is_new |= next.offset != row.offset || next.inlined != row.inlined;
        row = next;
        has_next = reader.Next(&next);
      }
      if (is_new && row.offset != 0) PrintGuest(reader, row);
      at += PrintMachine(func.code + at, reader.size() - at);
    }
    llvm::outs() << "\n";
  }

  // Which instructions of the guest have code in the function.
  void BeginGuest(const vm::FuncPositions& func) {
    line_.clear();
    printed_.clear();
    bodies_.clear();
    vm::PositionReader reader = image_.positions().Read(func);
    vm::PositionReader::Row row;
    while (has_all_ && reader.Next(&row)) printed_.emplace(row.inlined, row.offset);
  }

  // An instruction, and those before it that have no code of their own: operands mostly, and what
  // was found to be of no use.
  void PrintGuest(const vm::PositionReader& reader, const vm::PositionReader::Row& row) {
    const std::string line = guest_.LineAt(reader.module(), row.offset);
    if (!line.empty() && line != line_) llvm::outs() << "; " << line << "\n";
    line_ = line;
    if (has_all_) PrintCodeless(reader, row);
    PrintInstruction(reader.module(), row.offset);
    for (uint32_t i = row.inlined; i != 0; i = reader.inlined()[i - 1].outside) {
      const vm::PositionReader::Inlined& inlined = reader.inlined()[i - 1];
      llvm::outs() << absl::StrFormat("  ; of function %s, called at 0x%06x",
                                      guest_.NameOf(reader.module(), inlined.func), inlined.call);
    }
    llvm::outs() << "\n";
  }

  void PrintCodeless(const vm::PositionReader& reader, const vm::PositionReader::Row& row) {
    const std::optional<vm::FuncIdx> func =
        row.inlined != 0 ? reader.inlined()[row.inlined - 1].func : reader.func();
    if (!func) return;
    const auto [known, is_new] = bodies_.try_emplace(func->value());
    std::vector<uint32_t>& body = known->second;
    if (is_new) body = guest_.InstructionsOf(reader.module(), *func);
    const auto end = absl::c_lower_bound(body, row.offset);
    auto begin = end;
    while (begin != body.begin() && printed_.emplace(row.inlined, begin[-1]).second) --begin;
    for (; begin != end; ++begin) {
      PrintInstruction(reader.module(), *begin);
      llvm::outs() << "\n";
    }
  }

  void PrintInstruction(uint32_t module, uint32_t offset) {
    llvm::outs() << absl::StrFormat("  0x%06x  %s", offset, guest_.InstructionAt(module, offset));
  }

  // How many bytes it has.
  uint32_t PrintMachine(uint32_t offset, uint32_t left) {
    char text[200];
    uint8_t* const code = const_cast<uint8_t*>(image_.base()) + offset;
    size_t size = LLVMDisasmInstruction(disassembler_, code, left, offset, text, sizeof text);
    if (size == 0) {
      size = 1;
      absl::SNPrintF(text, sizeof text, "\t.byte\t0x%02x", *code);
    }
    std::string shown(absl::StripLeadingAsciiWhitespace(text));
    absl::c_replace(shown, '\t', ' ');
    llvm::outs() << absl::StrFormat("    %8x:  %s\n", offset, shown);
    return static_cast<uint32_t>(size);
  }

  const Image& image_;
  const std::vector<Symbol>& symbols_;
  LLVMDisasmContextRef disassembler_ = nullptr;
  const bool has_all_;  // it was compiled with -g
  GuestText guest_;
  // Of the function that is printed.
  std::string line_;  // the last
  // By inlined call, 0 for the function's own body, and offset: instructions that have code, or
  // were printed.
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> printed_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> bodies_;  // by function
};

Status PrintFile(const std::string& path, const std::string& func) {
  TENON_ASSIGN_OR_RETURN(vm::sys::File file, vm::sys::File::Open(path));
  TENON_ASSIGN_OR_RETURN(const auto image, Image::MapForAny(std::move(file)));
  return CodePrinter::Print(*image, func);
}

}  // namespace

Result<bool> PrintCode(const std::string& path, const std::string& func) {
  if (Status printed = PrintFile(path, func); !printed) {
    return std::unexpected(std::move(printed).error().WithContext(path));
  }
  llvm::outs().flush();
  const std::error_code error = llvm::outs().error();
  llvm::outs().clear_error();  // else it ends the process with a message of its own
  if (!error) return true;
  if (error == std::errc::broken_pipe) return false;
  return Fail(ErrorKind::kIo, absl::StrCat("standard output: ", error.message()));
}

}  // namespace tenon::jit
