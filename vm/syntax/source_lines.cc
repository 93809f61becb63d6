#include "vm/syntax/source_lines.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/file_table.h"
#include "vm/syntax/section.h"

namespace tenon::vm {
namespace {

constexpr size_t kMaxName = 1'000;  // shown of a file's, and of its folder's

// Of where the contents of the code section begin.
std::optional<uint32_t> CodeBegin(const Module& module) {
  constexpr size_t kPreamble = 8;
  ByteReader reader(module.Bytes());
  if (!reader.Skip(kPreamble)) return std::nullopt;
  uint8_t id = 0;
  uint32_t size = 0;
  while (!reader.at_end() && reader.ReadByte(&id) && reader.ReadVarU32(&size)) {
    if (id == static_cast<uint8_t>(SectionId::kCode)) return static_cast<uint32_t>(reader.offset());
    if (!reader.Skip(size)) break;
  }
  return std::nullopt;
}

absl::Span<const uint8_t> CustomOf(const Module& module, absl::string_view name) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name == name) return module.Bytes(custom.content);
  }
  return {};
}

bool ReadString(ByteReader* reader, absl::string_view* out) {
  const uint8_t* const begin = reader->position();
  const uint8_t* const end = std::find(begin, begin + reader->remaining(), 0);
  const auto size = static_cast<size_t>(end - begin);
  *out = {reinterpret_cast<const char*>(begin), size};
  return reader->Skip(size + 1);
}

// Instructions whose places are looked for, by their addresses. Each is taken once, so that all
// takes together are linear in their number, nearly.
class WantedSet {
 public:
  WantedSet(absl::Span<const uint32_t> offsets, uint32_t code_begin) {
    for (size_t i = 0; i < offsets.size(); ++i) {
      if (offsets[i] >= code_begin) all_.push_back({offsets[i] - code_begin, i});
    }
    std::sort(all_.begin(), all_.end(),
              [](const Wanted& a, const Wanted& b) { return a.address < b.address; });
    next_.resize(all_.size() + 1);
    std::iota(next_.begin(), next_.end(), 0);
    left_ = all_.size();
  }

  bool empty() const { return left_ == 0; }
  // Calls `take` with the index of each that is left in a range of addresses.
  template <typename Take>
  void TakeAll(uint64_t begin, uint64_t end, const Take& take) {
    const auto first = std::lower_bound(
        all_.begin(), all_.end(), begin,
        [](const Wanted& each, uint64_t address) { return each.address < address; });
    for (size_t i = Left(static_cast<size_t>(first - all_.begin()));
         i < all_.size() && all_[i].address < end; i = Left(i)) {
      take(all_[i].index);
      next_[i] = i + 1;
      --left_;
    }
  }

 private:
  struct Wanted {
    uint64_t address;
    size_t index;
  };

  // The first from `i` on that is left.
  size_t Left(size_t i) {
    while (next_[i] != i) i = next_[i] = next_[next_[i]];
    return i;
  }

  std::vector<Wanted> all_;   // sorted
  std::vector<size_t> next_;  // itself, if it is left; else one nearer to the next that is
  size_t left_ = 0;
};

// What says where an instruction was written.
struct Found {
  size_t index = 0;
  uint64_t file = 0;
  uint32_t line = 0, column = 0;
};

struct FileName {
  absl::string_view name;
  uint64_t folder = 0;
  std::optional<uint32_t> index = std::nullopt;  // in the table of files
};
using FileNames = absl::flat_hash_map<uint64_t, FileName>;  // those asked for

// Sections of names that tables refer to. Found once: a module may have many sections.
struct Strings {
  absl::Span<const uint8_t> names;       // .debug_str
  absl::Span<const uint8_t> line_names;  // .debug_line_str
};

// The table of one unit.
class LineTable {
 public:
  LineTable(const Strings& strings, absl::Span<const uint8_t> bytes, bool is_long)
      : strings_(strings), reader_(bytes), is_long_(is_long) {}

  // Takes from `wanted` what it finds.
  void Find(WantedSet* wanted, FileTable* files, std::vector<SourcePlaces::Place>* places) {
    if (!ReadHeader()) return;
    Run(wanted);
    if (!found_.empty()) Name(files, places);
  }

 private:
  // What an entry of version 5 is made of.
  struct Field {
    uint64_t content = 0, form = 0;
  };
  struct Row {
    uint64_t address = 0, file = 1;
    uint32_t line = 1, column = 0;
  };

  bool ReadOffset(ByteReader& reader, uint64_t* out) {
    if (is_long_) return reader.ReadFixed(out);
    uint32_t narrow = 0;
    const bool ok = reader.ReadFixed(&narrow);
    *out = narrow;
    return ok;
  }

  bool ReadHeader() {
    uint64_t size = 0;
    uint8_t ignored = 0;
    if (!reader_.ReadFixed(&version_) || version_ < 2 || version_ > 5) return false;
    if (version_ == 5 && !reader_.Skip(2)) return false;  // sizes of addresses and of segments
    if (!ReadOffset(reader_, &size) || size > reader_.remaining()) return false;
    absl::Span<const uint8_t> rest;
    if (!reader_.ReadBytes(size, &rest)) return false;
    ByteReader header(rest);
    if (!header.ReadFixed(&min_length_) || (version_ >= 4 && !header.ReadByte(&ignored)) ||
        !header.ReadByte(&ignored) || !header.ReadFixed(&line_base_) ||
        !header.ReadFixed(&line_range_) || !header.ReadFixed(&opcode_base_) || line_range_ == 0) {
      return false;
    }
    for (size_t i = 1; i < opcode_base_; ++i) {
      if (!header.ReadByte(&operands_[i])) return false;
    }
    absl::Span<const uint8_t> names;
    if (!header.ReadBytes(header.remaining(), &names)) return false;
    names_ = names;
    return true;
  }

  // The state machine.
  void Run(WantedSet* wanted) {
    uint8_t op = 0;
    while (!wanted->empty() && !reader_.at_end() && reader_.ReadByte(&op)) {
      if (op >= opcode_base_) {
        const uint8_t adjusted = op - opcode_base_;
        row_.address += uint64_t{adjusted} / line_range_ * min_length_;
        row_.line += static_cast<uint32_t>(line_base_ + adjusted % line_range_);
        Emit(wanted, false);
      } else if (op == 0 ? !Extended(wanted) : !Standard(op, wanted)) {
        return;
      }
    }
  }

  bool Extended(WantedSet* wanted) {
    constexpr uint8_t kEndSequence = 1, kSetAddress = 2;
    uint64_t size = 0;
    uint8_t op = 0;
    if (!reader_.ReadVarU64(&size) || size == 0 || size > reader_.remaining()) return false;
    if (!reader_.ReadByte(&op)) return false;
    if (op == kEndSequence) {
      Emit(wanted, true);
      row_ = {};
    } else if (op == kSetAddress && size == 1 + sizeof(uint32_t)) {
      uint32_t address = 0;
      if (!reader_.ReadFixed(&address)) return false;
      row_.address = address;
      return true;
    }
    return reader_.Skip(size - 1);
  }

  bool Standard(uint8_t op, WantedSet* wanted) {
    enum : uint8_t {
      kCopy = 1,
      kAdvancePc,
      kAdvanceLine,
      kSetFile,
      kSetColumn,
      kConstAddPc = 8,
      kFixedAdvancePc,
    };
    uint64_t number = 0;
    int64_t difference = 0;
    uint16_t fixed = 0;
    switch (op) {
      case kCopy: Emit(wanted, false); return true;
      case kAdvancePc:
        if (!reader_.ReadVarU64(&number)) return false;
        row_.address += number * min_length_;
        return true;
      case kAdvanceLine:
        if (!reader_.ReadVarS64(&difference)) return false;
        row_.line += static_cast<uint32_t>(difference);
        return true;
      case kSetFile: return reader_.ReadVarU64(&row_.file);
      case kSetColumn:
        if (!reader_.ReadVarU64(&number)) return false;
        row_.column = static_cast<uint32_t>(number);
        return true;
      case kConstAddPc:
        row_.address += uint64_t{uint8_t(255 - opcode_base_)} / line_range_ * min_length_;
        return true;
      case kFixedAdvancePc:
        if (!reader_.ReadFixed(&fixed)) return false;
        row_.address += fixed;
        return true;
      default: break;
    }
    for (int i = 0; i < operands_[op]; ++i) {
      if (!reader_.ReadVarU64(&number)) return false;
    }
    return true;
  }

  // A row holds up to the next one. What begins at 0 was left out by the linker.
  void Emit(WantedSet* wanted, bool ends) {
    if (!last_) is_linked_ = row_.address != 0;
    if (last_ && is_linked_) {
      wanted->TakeAll(last_->address, row_.address, [&](size_t index) {
        if (last_->line != 0) found_.push_back({index, last_->file, last_->line, last_->column});
      });
    }
    if (ends) {
      last_.reset();
    } else {
      last_ = row_;
    }
  }

  void Name(FileTable* table, std::vector<SourcePlaces::Place>* places) {
    FileNames files, folders;
    for (const Found& found : found_) files[found.file];
    ByteReader reader(names_);
    // Folders come first, so that those asked for are known once files are read.
    if (!ReadNames(reader, false, nullptr) || !ReadNames(reader, true, &files)) return;
    for (const auto& [index, file] : files) folders[file.folder];
    ByteReader again(names_);
    ReadNames(again, false, &folders);
    for (const Found& found : found_) {
      FileName& file = files[found.file];
      if (!file.index) file.index = table->IndexOf(PathOf(file, folders));
      if (!file.index) return;
      (*places)[found.index] = {*file.index, found.line, found.column};
    }
  }

  static std::string PathOf(const FileName& file, const FileNames& folders) {
    // Folder 0 is the compiler's own.
    const absl::string_view folder = file.folder == 0 ? "" : folders.at(file.folder).name;
    const bool is_relative = !folder.empty() && file.name.substr(0, 1) != "/";
    return absl::StrCat(is_relative ? folder.substr(0, kMaxName) : "", is_relative ? "/" : "",
                        file.name.substr(0, kMaxName));
  }

  bool ReadNames(ByteReader& reader, bool are_files, FileNames* names) {
    return version_ < 5 ? ReadOldNames(reader, are_files, names) : ReadNewNames(reader, names);
  }

  bool ReadOldNames(ByteReader& reader, bool are_files, FileNames* names) {
    FileName file;
    uint64_t time = 0, size = 0;
    for (uint64_t i = 1; ReadString(&reader, &file.name); ++i) {
      if (file.name.empty()) return true;
      if (are_files && (!reader.ReadVarU64(&file.folder) || !reader.ReadVarU64(&time) ||
                        !reader.ReadVarU64(&size))) {
        return false;
      }
      Keep(i, file, names);
    }
    return false;
  }

  bool ReadNewNames(ByteReader& reader, FileNames* names) {
    constexpr uint64_t kPath = 1, kFolder = 2;
    uint8_t field_count = 0;
    if (!reader.ReadByte(&field_count)) return false;
    std::array<Field, 256> fields;
    for (size_t i = 0; i < field_count; ++i) {
      if (!reader.ReadVarU64(&fields[i].content) || !reader.ReadVarU64(&fields[i].form))
        return false;
    }
    uint64_t count = 0;
    if (!reader.ReadVarU64(&count)) return false;
    if (field_count == 0) return count == 0;
    for (uint64_t i = 0; i < count; ++i) {  // each has a byte at least
      FileName file;
      for (size_t at = 0; at < field_count; ++at) {
        absl::string_view text;
        uint64_t number = 0;
        if (!ReadForm(reader, fields[at].form, &text, &number)) return false;
        if (fields[at].content == kPath) file.name = text;
        if (fields[at].content == kFolder) file.folder = number;
      }
      Keep(i, file, names);
    }
    return true;
  }

  static void Keep(uint64_t index, const FileName& file, FileNames* names) {
    if (names == nullptr) return;
    if (const auto wanted = names->find(index); wanted != names->end()) wanted->second = file;
  }

  template <typename T>
  static bool ReadNumber(ByteReader& reader, uint64_t* out) {
    T number = 0;
    const bool ok = reader.ReadFixed(&number);
    *out = number;
    return ok;
  }

  // DWARF 5, "7.5.6 Form Encodings": those that a table of names may have.
  bool ReadForm(ByteReader& reader, uint64_t form, absl::string_view* text, uint64_t* number) {
    switch (form) {
      case 0x08: return ReadString(&reader, text);
      case 0x0e: return ReadStringElsewhere(reader, strings_.names, text);
      case 0x1f: return ReadStringElsewhere(reader, strings_.line_names, text);
      case 0x09: return reader.ReadVarU64(number) && reader.Skip(*number);  // block
      case 0x0b: return ReadNumber<uint8_t>(reader, number);
      case 0x05: return ReadNumber<uint16_t>(reader, number);
      case 0x06: return ReadNumber<uint32_t>(reader, number);
      case 0x07: return ReadNumber<uint64_t>(reader, number);
      case 0x0f: return reader.ReadVarU64(number);
      case 0x1e: return reader.Skip(16);
      default: return false;
    }
  }

  bool ReadStringElsewhere(ByteReader& reader, absl::Span<const uint8_t> bytes,
                           absl::string_view* text) {
    uint64_t offset = 0;
    if (!ReadOffset(reader, &offset)) return false;
    if (offset >= bytes.size()) return true;
    // No longer than what is shown of it: many names may be one long string.
    ByteReader strings(bytes.subspan(offset, kMaxName + 1));
    if (!ReadString(&strings, text)) *text = text->substr(0, kMaxName);
    return true;
  }

  const Strings& strings_;
  ByteReader reader_;
  const bool is_long_;
  uint16_t version_ = 0;
  uint8_t min_length_ = 1, line_range_ = 1, opcode_base_ = 1;
  int8_t line_base_ = 0;
  std::array<uint8_t, 256> operands_ = {};  // how many numbers follow an opcode
  absl::Span<const uint8_t> names_;
  Row row_;
  std::optional<Row> last_;  // of the sequence
  bool is_linked_ = false;   // the sequence
  std::vector<Found> found_;
};

}  // namespace

SourcePlaces FindSourcePlaces(const Module& module, absl::Span<const uint32_t> offsets) {
  SourcePlaces found;
  found.places.resize(offsets.size());
  const absl::Span<const uint8_t> tables = CustomOf(module, ".debug_line");
  const std::optional<uint32_t> code = tables.empty() ? std::nullopt : CodeBegin(module);
  if (!code) return found;
  WantedSet wanted(offsets, *code);

  const Strings strings{CustomOf(module, ".debug_str"), CustomOf(module, ".debug_line_str")};
  constexpr size_t kNameBytesAByte = 16;
  FileTable files(std::min(kMaxFileNames, kNameBytesAByte * module.Bytes().size()), &found.files);
  constexpr uint32_t kLong = 0xffffffff;  // what precedes a size of 64 bits
  ByteReader reader(tables);
  while (!wanted.empty() && !files.is_full() && !reader.at_end()) {
    uint32_t size = 0;
    if (!reader.ReadFixed(&size)) break;
    uint64_t long_size = size;
    if (size == kLong && !reader.ReadFixed(&long_size)) break;
    absl::Span<const uint8_t> table;
    if (!reader.ReadBytes(long_size, &table)) break;
    LineTable(strings, table, size == kLong).Find(&wanted, &files, &found.places);
  }
  return found;
}

std::vector<SourceLine> FindSourceLines(const Module& module, absl::Span<const uint32_t> offsets) {
  const SourcePlaces found = FindSourcePlaces(module, offsets);
  std::vector<SourceLine> lines;
  for (const SourcePlaces::Place& place : found.places) {
    lines.push_back(place.line == 0
                        ? SourceLine()
                        : SourceLine{found.files[place.file], place.line, place.column});
  }
  return lines;
}

}  // namespace tenon::vm
