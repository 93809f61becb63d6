#include "abi/binary/names.h"

#include <algorithm>

#include "abi/binary/read.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// Of the names of one sort, which a backtrace may read often.
constexpr size_t kMaxBytesRead = 64 * 1024;

enum SubsectionId : uint8_t { kComponentName = 0, kSortNames = 1 };

// Hands each subsection, or its first `limit` bytes, to `visit(id, reader)` until that returns
// true.
template <typename Visit>
void VisitSubsections(const syntax::RootComponent& root, const syntax::Component& component,
                      size_t limit, Visit visit) {
  syntax::Arena unused;
  const vm::SharedBytes names = Bytes(root, component.names);
  SyntaxReader reader(names.bytes, component.names.offset, nullptr, unused);
  uint8_t id = 0;
  uint32_t size = 0;
  absl::Span<const uint8_t> content;
  while (!reader.at_end() && reader.ReadByte(&id) && reader.ReadVarU32(&size) &&
         reader.ReadBytes(size, &content)) {
    SyntaxReader part(content.first(std::min(content.size(), limit)), 0, nullptr, unused);
    if (visit(id, part)) return;
  }
}

// Hands each name of a sort to `visit(index, name)`.
template <typename Visit>
void VisitNames(SyntaxReader reader, Visit visit) {
  uint32_t count = 0, index = 0;
  absl::string_view name;
  for (reader.ReadVarU32(&count); count > 0 && reader.ReadVarU32(&index) && ReadName(reader, &name);
       --count) {
    visit(index, name);
  }
}

}  // namespace

absl::string_view ComponentName(const syntax::RootComponent& root,
                                const syntax::Component& component) {
  absl::string_view name;
  VisitSubsections(root, component, kMaxBytesRead, [&](uint8_t id, SyntaxReader& reader) {
    return id == kComponentName && ReadName(reader, &name);
  });
  return name;
}

std::string NameOf(const syntax::RootComponent& root, const syntax::Component& component,
                   SortIndex item) {
  absl::string_view found;
  bool is_shared = false;
  VisitSubsections(root, component, kMaxBytesRead, [&](uint8_t id, SyntaxReader& reader) {
    Sort sort;
    if (id != kSortNames || !ReadSort(reader, &sort) || sort != item.sort) return false;
    VisitNames(reader, [&](uint32_t index, absl::string_view name) {
      if (index == item.index) found = name;
    });
    VisitNames(reader, [&](uint32_t index, absl::string_view name) {
      is_shared |= index != item.index && name == found;
    });
    return true;
  });
  return is_shared && !found.empty() ? absl::StrCat(found, "#", item.index) : std::string(found);
}

ComponentNames AllNames(const syntax::RootComponent& root, const syntax::Component& component) {
  ComponentNames names;
  VisitSubsections(root, component, SIZE_MAX, [&](uint8_t id, SyntaxReader& reader) {
    Sort sort;
    if (id == kComponentName && names.own.empty()) ReadName(reader, &names.own);
    if (id == kSortNames && ReadSort(reader, &sort)) {
      absl::Span<const uint8_t>& map = names.maps[static_cast<size_t>(sort)];
      if (map.empty()) reader.ReadBytes(reader.remaining(), &map);
    }
    return false;
  });
  return names;
}

}  // namespace tenon::abi
