#include "jit/program/objdump.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "llvm-c/Disassembler.h"
#include "llvm-c/Target.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/artifact/image.h"
#include "vm/artifact/symbols.h"
#include "vm/binary/decoder.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/text/print_instruction.h"

namespace tenon::jit {
namespace {

using vm::artifact::Image;
using vm::artifact::Symbol;

// A core module of the file, for the text of its instructions.
struct GuestModule {
  vm::Module module;
  vm::ModuleNames names;
  explicit GuestModule(vm::Module from) : module(std::move(from)), names(module) {}
};

class CodePrinter {
 public:
  static Status Print(const Image& image, const std::string& filter) {
    TENON_ASSIGN_OR_RETURN(const auto symbols, vm::artifact::ReadSymbols(image));
    CodePrinter printer(image, symbols);
    bool is_any = false;
    for (const vm::FuncPositions& func : image.positions().funcs()) {
      is_any |= printer.PrintFunction(func, filter);
    }
    if (is_any) return {};
    return Fail(ErrorKind::kUsage, absl::StrCat("no machine code of a function ", filter));
  }

 private:
  CodePrinter(const Image& image, const std::vector<Symbol>& symbols)
      : image_(image), symbols_(symbols) {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    disassembler_ = LLVMCreateDisasm("x86_64-unknown-linux-gnu", this, 0, nullptr, NameOfTarget);
    TENON_CHECK(disassembler_ != nullptr);
    LLVMSetDisasmOptions(disassembler_, LLVMDisassembler_Option_PrintImmHex);
    modules_.resize(image.module_count());
    is_decoded_.resize(image.module_count());
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

  bool PrintFunction(const vm::FuncPositions& func, const std::string& filter) {
    vm::PositionReader reader = image_.positions().Read(func);
    const Symbol* const symbol = SymbolAt(func.code);
    const std::string name = symbol != nullptr ? symbol->name : "";
    uint32_t index = 0;
    const bool is_asked_for =
        filter.empty() || absl::StrContains(name, filter) ||
        (absl::SimpleAtoi(filter, &index) && reader.func() && reader.func()->value() == index);
    if (!reader.ok() || !image_.IsCode(func.code, reader.size()) || !is_asked_for) return false;
    llvm::outs() << absl::StrFormat("%08x <%s>", func.code, name);
    if (reader.func()) {
      llvm::outs() << absl::StrCat(": module ", reader.module(), ", function ",
                                   reader.func()->value());
    }
    llvm::outs() << "\n";
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
    return true;
  }

  void PrintGuest(const vm::PositionReader& reader, const vm::PositionReader::Row& row) {
    llvm::outs() << absl::StrFormat("  0x%06x  %s", row.offset,
                                    TextAt(reader.module(), row.offset));
    for (uint32_t i = row.inlined; i != 0; i = reader.inlined()[i - 1].outside) {
      const vm::PositionReader::Inlined& inlined = reader.inlined()[i - 1];
      llvm::outs() << absl::StrFormat("  ;; of function %d, called at 0x%06x", inlined.func.value(),
                                      inlined.call);
    }
    llvm::outs() << "\n";
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

  std::string TextAt(uint32_t index, uint32_t offset) {
    GuestModule* const guest = index < modules_.size() ? ModuleAt(index) : nullptr;
    if (guest == nullptr || offset >= guest->module.Bytes().size()) return "?";
    ByteReader reader(guest->module.Bytes().subspan(offset), offset);
    vm::ImmediateScratch scratch;
    vm::Instruction instruction;
    if (!vm::ReadInstruction(reader, image_.features(), &scratch, &instruction)) return "?";
    std::string text;
    vm::PrintContext{guest->module, guest->names}.AppendInstruction(instruction, &text);
    return text;
  }

  // Null where the file is damaged.
  GuestModule* ModuleAt(uint32_t index) {
    if (!is_decoded_[index]) {
      is_decoded_[index] = true;
      const vm::artifact::Part& part = image_.outlined(index).source;
      const absl::Span<const uint8_t> bytes = image_.source().subspan(part.offset, part.size);
      auto module =
          vm::DecodeModule(std::vector<uint8_t>(bytes.begin(), bytes.end()), image_.features());
      if (!module) return nullptr;
      modules_[index] = std::make_unique<GuestModule>(std::move(*module));
    }
    return modules_[index].get();
  }

  const Image& image_;
  const std::vector<Symbol>& symbols_;
  LLVMDisasmContextRef disassembler_ = nullptr;
  std::vector<std::unique_ptr<GuestModule>> modules_;
  std::vector<bool> is_decoded_;  // or could not be
};

}  // namespace

Status PrintCode(const std::string& path, const std::string& func) {
  TENON_ASSIGN_OR_RETURN(vm::sys::File file, vm::sys::File::Open(path));
  TENON_ASSIGN_OR_RETURN(const auto image, Image::MapForAny(std::move(file)));
  return CodePrinter::Print(*image, func);
}

}  // namespace tenon::jit
