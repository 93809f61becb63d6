#include "cli/inspect/compiled_file.h"

#include <elf.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "vm/sys/cpu.h"

namespace tenon::cli {
namespace {

constexpr uint64_t kMaxNameBytes = 64;

template <typename T>
Status ReadArray(const vm::sys::File& file, uint64_t offset, std::vector<T>* into) {
  return file.ReadAt(offset, {reinterpret_cast<uint8_t*>(into->data()), into->size() * sizeof(T)});
}

// A string of the file; what is behind its end counts as its end.
std::string NameAt(const vm::sys::File& file, uint64_t offset, uint64_t size) {
  std::vector<char> bytes(offset < size ? std::min(kMaxNameBytes, size - offset) : 0);
  if (!ReadArray(file, offset, &bytes)) return "";
  return std::string(bytes.begin(), std::find(bytes.begin(), bytes.end(), '\0'));
}

Status ReadSections(const vm::sys::File& file, CompiledFile* found) {
  std::vector<Elf64_Ehdr> elf(1);
  TENON_RETURN_IF_ERROR(ReadArray(file, 0, &elf));
  if (elf[0].e_shentsize != sizeof(Elf64_Shdr)) return {};
  std::vector<Elf64_Shdr> sections(elf[0].e_shnum);
  TENON_RETURN_IF_ERROR(ReadArray(file, elf[0].e_shoff, &sections));
  if (elf[0].e_shstrndx >= sections.size()) return {};
  const uint64_t names = sections[elf[0].e_shstrndx].sh_offset;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_NULL || section.sh_size == 0 || names > found->size) continue;
    found->sections.emplace_back(NameAt(file, names + section.sh_name, found->size),
                                 section.sh_size);
  }
  return {};
}

}  // namespace

Result<CompiledFile> Describe(const vm::artifact::Image& image) {
  const vm::artifact::Header& header = image.header();
  CompiledFile found;
  found.cpu =
      std::string(header.cpu, std::find(std::begin(header.cpu), std::end(header.cpu), '\0'));
  const auto names = vm::sys::CpuFeatureNames();
  for (size_t i = 0; i < names.size(); ++i) {
    if (((header.cpu_features >> i) & 1) != 0) found.needs.emplace_back(names[i]);
  }
  found.level = std::string(1, static_cast<char>(header.level));
  const auto is_set = [&](vm::artifact::Setting setting) {
    return (header.settings & setting) != 0;
  };
  found.trap_policy = is_set(vm::artifact::kPreciseTraps) ? "precise" : "component";
  found.bounds = is_set(vm::artifact::kGuardedMemories) ? "guard" : "explicit";
  found.features = image.features().ListFrom(vm::Features());
  found.all_positions = is_set(vm::artifact::kAllPositions);
  found.source_digest = absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(header.source_digest), sizeof header.source_digest));
  TENON_ASSIGN_OR_RETURN(found.size, image.file().Size());
  for (size_t module = 0; module < image.module_count(); ++module) {
    found.functions += image.func_count(module);
    for (size_t func = 0; func < image.func_count(module); ++func) {
      found.compiled += image.NativeAt(module, func).call != nullptr;
    }
  }
  TENON_RETURN_IF_ERROR(ReadSections(image.file(), &found));
  found.sections.emplace_back("rows", header.rows.size);
  found.sections.emplace_back("plan", header.plan.size);
  found.sections.emplace_back("source", header.source.size);
  return found;
}

}  // namespace tenon::cli
