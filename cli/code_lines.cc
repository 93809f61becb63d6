#include "cli/code_lines.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "vm/base/utf8.h"
#include "vm/syntax/file_table.h"
#include "vm/syntax/source_lines.h"

namespace tenon::cli {
namespace {

// The instructions of a module that have code, and where they were written.
struct ModuleLines {
  std::vector<uint32_t> offsets;  // sorted
  vm::SourcePlaces found;
  std::vector<std::optional<uint32_t>> files;  // by number in `found`: number in CodeLines

  vm::SourcePlaces::Place At(uint32_t offset) const {
    const auto at = std::lower_bound(offsets.begin(), offsets.end(), offset);
    if (at == offsets.end() || *at != offset) return {};
    vm::SourcePlaces::Place place = found.places[static_cast<size_t>(at - offsets.begin())];
    if (place.line == 0 || !files[place.file]) return {};
    place.file = *files[place.file];
    return place;
  }
};

// Calls `take` with the rows' reader and each row of a guest's function, function by function.
template <typename Take>
void ForEachRow(const vm::PositionReader& begin, const Take& take) {
  vm::PositionReader reader = begin;
  vm::PositionReader::Row row;
  while (reader.Next(&row)) take(row);
}

class LineFinder {
 public:
  LineFinder(const vm::artifact::Image& image, ModuleSpan modules)
      : image_(image), modules_(modules.size()) {
    for (const vm::FuncPositions& func : image.positions().funcs()) {
      const vm::PositionReader reader = image.positions().Read(func);
      if (!IsOfGuest(reader)) continue;
      std::vector<uint32_t>& offsets = modules_[reader.module()].offsets;
      ForEachRow(reader, [&](const auto& row) { offsets.push_back(row.offset); });
    }
    for (size_t i = 0; i < modules_.size(); ++i) Read(*modules[i], &modules_[i]);
  }

  CodeLines Take() {
    if (lines_.files.empty()) return {};
    for (const vm::FuncPositions& func : image_.positions().funcs()) {
      const vm::PositionReader reader = image_.positions().Read(func);
      if (!reader.ok() || !image_.IsCode(func.code, reader.size())) continue;
      const uint8_t* const code = image_.base() + func.code;
      if (!lines_.lines.empty() && lines_.lines.back().code == code) lines_.lines.pop_back();
      const size_t first = lines_.lines.size();
      lines_.lines.push_back({code, 0, 0, 0});
      if (IsOfGuest(reader)) AddFunction(reader, code, first);
      lines_.lines.push_back({code + reader.size(), 0, 0, 0});
    }
    return std::move(lines_);
  }

 private:
  bool IsOfGuest(const vm::PositionReader& reader) const {
    return reader.ok() && reader.func() && reader.module() < modules_.size();
  }

  void Read(const vm::LoadedModule& module, ModuleLines* lines) {
    const vm::ResolvedModule* const whole = module.Whole();
    if (whole == nullptr) return;
    std::sort(lines->offsets.begin(), lines->offsets.end());
    lines->offsets.erase(std::unique(lines->offsets.begin(), lines->offsets.end()),
                         lines->offsets.end());
    lines->found = vm::FindSourcePlaces(*whole->module, lines->offsets);
    for (const std::string& file : lines->found.files) {
      lines->files.push_back(files_.IndexOf(EscapeControls(file)));
    }
    lines->found.files.clear();
  }

  void AddFunction(const vm::PositionReader& reader, const uint8_t* code, size_t first) {
    const ModuleLines& module = modules_[reader.module()];
    ForEachRow(reader, [&](const vm::PositionReader::Row& row) {
      if (row.code >= reader.size()) return;
      const vm::SourcePlaces::Place place = module.At(row.offset);
      CodeLine& last = lines_.lines.back();
      const bool is_begin = lines_.lines.size() == first + 1 && last.line == 0;
      if (is_begin || code + row.code == last.code) {
        last = {last.code, place.file, place.line, place.column};
      } else if (place.file != last.file || place.line != last.line ||
                 place.column != last.column) {
        lines_.lines.push_back({code + row.code, place.file, place.line, place.column});
      }
    });
  }

  const vm::artifact::Image& image_;
  std::vector<ModuleLines> modules_;
  CodeLines lines_;
  vm::FileTable files_{vm::kMaxFileNames, &lines_.files};
};

}  // namespace

CodeLines LinesOf(const vm::artifact::Image& image, ModuleSpan modules) {
  return LineFinder(image, modules).Take();
}

}  // namespace tenon::cli
