#include "jit/program/guest_text.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"
#include "vm/binary/decoder.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/text/print_instruction.h"

namespace tenon::jit {

struct GuestText::GuestModule {
  vm::Module module;
  vm::ModuleNames names;
  uint32_t imported_funcs = 0;

  explicit GuestModule(vm::Module from) : module(std::move(from)), names(module) {
    for (const vm::Import& import : module.imports) {
      imported_funcs += import.kind() == vm::ExternKind::kFunc;
    }
  }
};

GuestText::GuestText(const vm::artifact::Image& image)
    : image_(image),
      modules_(image.module_count()),
      is_decoded_(image.module_count()),
      wanted_(image.module_count()),
      lines_(image.module_count()) {}

GuestText::~GuestText() = default;

GuestText::GuestModule* GuestText::ModuleAt(uint32_t index) {
  if (index >= modules_.size()) return nullptr;
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

std::string GuestText::InstructionAt(uint32_t module, uint32_t offset) {
  GuestModule* const guest = ModuleAt(module);
  if (guest == nullptr || offset >= guest->module.Bytes().size()) return "?";
  ByteReader reader(guest->module.Bytes().subspan(offset), offset);
  vm::ImmediateScratch scratch;
  vm::Instruction instruction;
  if (!vm::ReadInstruction(reader, image_.features(), &scratch, &instruction)) return "?";
  std::string text;
  vm::PrintContext{guest->module, guest->names}.AppendInstruction(instruction, &text);
  return text;
}

std::string GuestText::NameOf(uint32_t module, vm::FuncIdx func) {
  std::string name;
  if (GuestModule* const guest = ModuleAt(module)) {
    vm::PrintContext{guest->module, guest->names}.AppendIndex(vm::NameKind::kFunc, func.value(),
                                                              &name);
    return name.substr(1);
  }
  return absl::StrCat(func.value());
}

std::vector<uint32_t> GuestText::InstructionsOf(uint32_t module, vm::FuncIdx func) {
  std::vector<uint32_t> offsets;
  GuestModule* const guest = ModuleAt(module);
  if (guest == nullptr || func.value() < guest->imported_funcs) return offsets;
  const uint32_t index = func.value() - guest->imported_funcs;
  if (index >= guest->module.bodies.size()) return offsets;
  const vm::ByteRange code = guest->module.bodies[index].code;
  ByteReader reader(guest->module.Bytes(code), code.offset);
  if (!vm::ReadLocals(reader, image_.features(), [](uint32_t, vm::ValType) {})) return offsets;
  vm::ImmediateScratch scratch;
  vm::Instruction instruction;
  while (!reader.at_end()) {
    const auto offset = static_cast<uint32_t>(reader.offset());
    if (!vm::ReadInstruction(reader, image_.features(), &scratch, &instruction)) break;
    offsets.push_back(offset);
  }
  return offsets;
}

void GuestText::WantLine(uint32_t module, uint32_t offset) {
  if (module < wanted_.size()) wanted_[module].push_back(offset);
}

std::string GuestText::LineAt(uint32_t module, uint32_t offset) {
  GuestModule* const guest = ModuleAt(module);
  if (guest == nullptr) return "";
  std::vector<uint32_t>& wanted = wanted_[module];
  if (!lines_[module]) {
    absl::c_sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    lines_[module] = vm::FindSourcePlaces(guest->module, wanted);
  }
  const auto found = absl::c_lower_bound(wanted, offset);
  if (found == wanted.end() || *found != offset) return "";
  const vm::SourcePlaces& lines = *lines_[module];
  const vm::SourcePlaces::Place& place = lines.places[static_cast<size_t>(found - wanted.begin())];
  if (place.line == 0) return "";
  std::string text = absl::StrCat(EscapeControls(lines.files[place.file]), ":", place.line);
  if (place.column != 0) absl::StrAppend(&text, ":", place.column);
  return text;
}

}  // namespace tenon::jit
