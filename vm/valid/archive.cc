#include "vm/valid/archive.h"

#include <algorithm>

namespace tenon::vm {
namespace {

constexpr uint32_t kNullable = 8;
constexpr int kHeapShift = 4;

}  // namespace

template <typename Archive>
void Visit(Archive& archive, FuncType& type) {
  auto& [params, results] = type;
  archive(params, results);
}

template <typename Archive>
void Visit(Archive& archive, FieldType& type) {
  auto& [storage, is_mutable] = type;
  archive(storage.type, storage.packed, is_mutable);
}

template <typename Archive>
void Visit(Archive& archive, SubType& type) {
  auto& [kind, is_final, supertype_count, supertype, func, fields] = type;
  archive(kind, is_final, supertype_count, supertype, func, fields);
}

ArchiveWriter::ArchiveWriter(const TypeStore& types) {
  const std::vector<uint32_t> groups = types.GroupSizes();
  PutNumber(groups.size());
  uint32_t id = 0;
  for (const uint32_t size : groups) {
    PutNumber(size);
    for (const uint32_t end = id + size; id < end; ++id) (*this)(types.Get(TypeId(id)));
  }
}

void ArchiveWriter::PutNumber(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<uint8_t>(value | 0x80));
  bytes_.push_back(static_cast<uint8_t>(value));
}

void ArchiveWriter::Put(ValType type) {
  uint32_t bits = static_cast<uint32_t>(type.kind());
  if (type.is_ref()) {
    bits |= (type.nullable() ? kNullable : 0) | static_cast<uint32_t>(type.heap().kind())
                                                    << kHeapShift;
  }
  PutNumber(bits);
  if (type.is_ref() && type.heap().is_concrete()) PutNumber(type.heap().index());
}

ArchiveReader::ArchiveReader(absl::Span<const uint8_t> bytes, TypeStore* store)
    : bytes_(bytes), store_(*store) {
  ReadTypes();
}

std::unexpected<Error> ArchiveReader::Damaged() {
  if (full_) return std::unexpected(*std::exchange(full_, std::nullopt));
  return Fail(ErrorKind::kMalformed, "the compiled file is damaged: its plan");
}

Status ArchiveReader::Finish() {
  if (is_good() && bytes_.empty()) return {};
  return Damaged();
}

uint64_t ArchiveReader::GetLongNumber(uint8_t first) {
  uint64_t value = first & 0x7f;
  for (int shift = 7; shift < 64 && !bytes_.empty(); shift += 7) {
    const uint8_t byte = bytes_.front();
    bytes_.remove_prefix(1);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  Stop();
  return 0;
}

void ArchiveReader::ReadTypes() {
  for (size_t groups = GetCount(); groups != 0 && !is_damaged_; --groups) ReadGroup();
  group_end_ = 0;
}

void ArchiveReader::ReadGroup() {
  std::vector<SubType> group(GetCount());
  const auto first = static_cast<uint32_t>(types_.size());
  group_end_ = first + static_cast<uint32_t>(group.size());
  for (uint32_t i = 0; i < group.size(); ++i) {
    SubType& member = group[i];
    Get(member);
    if (member.kind > SubType::Kind::kArray ||
        (member.supertype_count != 0 && member.supertype >= first + i) ||
        (member.kind == SubType::Kind::kArray && member.fields.size() != 1)) {
      Stop();
    }
  }
  if (group.empty()) Stop();
  if (is_damaged_) return;
  Result<TypeId> id = store_.Intern(absl::MakeSpan(group), types_);
  if (!id) {
    full_ = std::move(id).error();
    return Stop();
  }
  for (uint32_t i = 0; i < group.size(); ++i) types_.emplace_back(id->value() + i);
}

void ArchiveReader::Get(TypeId& id) {
  const uint64_t number = GetNumber();
  if (number >= types_.size()) return Stop();
  id = types_[number];
}

void ArchiveReader::Get(ValType& type) {
  static constexpr ValType kNumbers[] = {ValType(),     ValType::kI32, ValType::kI64,
                                         ValType::kF32, ValType::kF64, ValType::kV128};
  const uint64_t bits = GetNumber();
  const uint64_t kind = bits & (kNullable - 1);
  if (kind < std::size(kNumbers)) {
    type = kNumbers[kind];
    return;
  }
  const auto heap_kind = static_cast<HeapKind>(std::min<uint64_t>(bits >> kHeapShift, 15));
  if (kind != static_cast<uint64_t>(ValType::Kind::kRef) || heap_kind > HeapKind::kBot) {
    return Stop();
  }
  HeapType heap(heap_kind);
  if (heap.is_concrete()) {
    const uint64_t number = GetNumber();
    if (number >= (group_end_ != 0 ? group_end_ : types_.size())) return Stop();
    heap = HeapType::Concrete(group_end_ != 0 ? static_cast<uint32_t>(number)
                                              : types_[number].value());
  }
  type = ValType::Ref(heap, (bits & kNullable) != 0);
}

}  // namespace tenon::vm
