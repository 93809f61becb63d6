// What validation found, as bytes and back: how a compiled file keeps it (vm/artifact/FORMAT.md).
// Numbers are LEB128, lists begin with their length, what may be absent with whether it is there.
// Types of the engine's store are numbered as the writer's store has them, which stands first, and
// are interned anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/index.h"
#include "vm/base/status.h"
#include "vm/sem/v128.h"
#include "vm/syntax/type_store.h"
#include "vm/syntax/types.h"

// A structure says once what it consists of, for both directions, in its own namespace; where a
// field is missing the binding does not compile:
//
//   template <typename Archive>
//   void Visit(Archive& archive, Limits& limits) {
//     auto& [min, max, has_max] = limits;
//     archive(min, max, has_max);
//   }

namespace tenon::vm {

template <typename T>
concept ArchivedNumber = std::is_unsigned_v<T> || std::is_enum_v<T>;

class ArchiveWriter {
 public:
  // Begins with the types of a store, to which nothing is added any more.
  explicit ArchiveWriter(const TypeStore& types);

  template <typename... T>
  void operator()(const T&... values) {
    (Put(const_cast<T&>(values)), ...);  // Visit is of both directions; nothing is changed
  }

  std::vector<uint8_t> Finish() && { return std::move(bytes_); }

 private:
  void PutNumber(uint64_t value);

  template <ArchivedNumber T>
  void Put(T value) {
    PutNumber(static_cast<uint64_t>(value));
  }
  void Put(absl::string_view text) {
    PutNumber(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  void Put(std::string& text) { Put(absl::string_view(text)); }
  void Put(V128& bits) { bytes_.insert(bytes_.end(), bits.bytes, bits.bytes + 16); }
  void Put(ValType type);
  template <typename Tag>
  void Put(Index<Tag> index) {
    PutNumber(index.value());
  }
  template <typename A, typename B>
  void Put(std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  template <typename T>
  void Put(std::optional<T>& value) {
    Put(value.has_value());
    if (value) Put(*value);
  }
  template <typename T>
  void Put(std::unique_ptr<T>& value) {
    Put(*value);
  }
  template <typename... T>
  void Put(std::variant<T...>& value) {
    PutNumber(value.index());
    std::visit([this](auto& held) { this->Put(held); }, value);
  }
  template <typename List>
  void PutList(List& list) {
    PutNumber(list.size());
    for (auto&& item : list) Put(item);
  }
  void Put(std::vector<bool>& list) {
    PutNumber(list.size());
    for (const bool item : list) Put(item);
  }
  template <typename T>
  void Put(std::vector<T>& list) {
    PutList(list);
  }
  template <typename T>
  void Put(std::deque<T>& list) {
    PutList(list);
  }
  template <typename T, size_t kInlined>
  void Put(absl::InlinedVector<T, kInlined>& list) {
    PutList(list);
  }
  template <typename T>
    requires(std::is_class_v<T>)
  void Put(T& value) {
    Visit(*this, value);
  }

  std::vector<uint8_t> bytes_;
};

// Reads what a writer wrote. Of other bytes it makes something or other, within them and no larger
// than they allow, or fails; what that means is for those who let it be read to know.
class ArchiveReader {
 public:
  // Interns the types in `store`. Texts become views of `bytes`.
  ArchiveReader(absl::Span<const uint8_t> bytes, TypeStore* store);

  template <typename... T>
  void operator()(T&... values) {
    (Get(values), ...);
  }

  // Of a list that is read one by one.
  size_t Count() { return GetCount(); }
  // Once anything has failed, what is read means nothing, though it is of the right kind.
  bool is_good() const { return !is_damaged_; }
  // kMalformed, or kLimit of the type store.
  std::unexpected<Error> Damaged();
  // The same, unless nothing failed and all was read.
  Status Finish();
  TypeStore& store() const { return store_; }

 private:
  // Structures within structures; text and lists do not count.
  static constexpr int kMaxDepth = 256;

  ABSL_ATTRIBUTE_COLD void Stop() {
    is_damaged_ = true;
    bytes_ = {};
  }

  uint64_t GetNumber() {
    if (bytes_.empty()) [[unlikely]] {
      Stop();
      return 0;
    }
    const uint8_t first = bytes_.front();
    bytes_.remove_prefix(1);
    return first < 0x80 ? first : GetLongNumber(first);
  }
  uint64_t GetLongNumber(uint8_t first);
  // Of things that take a byte each at least.
  size_t GetCount() {
    const uint64_t count = GetNumber();
    if (count <= bytes_.size()) return count;
    Stop();
    return 0;
  }
  void ReadTypes();
  void ReadGroup();

  template <ArchivedNumber T>
  void Get(T& value) {
    const uint64_t number = GetNumber();
    if constexpr (std::is_same_v<T, bool>) {
      value = number != 0;
    } else {
      value = static_cast<T>(number);
    }
  }
  void Get(absl::string_view& text) {
    const size_t size = GetCount();
    text = absl::string_view(reinterpret_cast<const char*>(bytes_.data()), size);
    bytes_.remove_prefix(size);
  }
  void Get(std::string& text) {
    absl::string_view view;
    Get(view);
    text = std::string(view);
  }
  void Get(V128& bits) {
    if (bytes_.size() < sizeof bits) return Stop();
    std::memcpy(bits.bytes, bytes_.data(), sizeof bits);
    bytes_.remove_prefix(sizeof bits);
  }
  void Get(ValType& type);
  void Get(TypeId& id);
  template <typename Tag>
  void Get(Index<Tag>& index) {
    index = Index<Tag>(static_cast<uint32_t>(GetNumber()));
  }
  template <typename A, typename B>
  void Get(std::pair<A, B>& pair) {
    (*this)(pair.first, pair.second);
  }
  template <typename T>
  void Get(std::optional<T>& value) {
    if (GetNumber() != 0) Get(value.emplace());
  }
  template <typename T>
  void Get(std::unique_ptr<T>& value) {
    value = std::make_unique<T>();
    Get(*value);
  }
  template <typename... T>
  void Get(std::variant<T...>& value) {
    GetAlternative(value, GetNumber(), std::index_sequence_for<T...>());
  }
  template <typename Variant, size_t... kIndices>
  void GetAlternative(Variant& value, uint64_t index, std::index_sequence<kIndices...>) {
    const bool is_known =
        ((index == kIndices && (Get(value.template emplace<kIndices>()), true)) || ...);
    if (!is_known) Stop();
  }
  template <typename List>
  void GetList(List& list) {
    list.resize(GetCount());
    for (auto& item : list) Get(item);
  }
  void Get(std::vector<bool>& list) {
    list.resize(GetCount());
    for (size_t i = 0; i < list.size(); ++i) list[i] = GetNumber() != 0;
  }
  template <typename T>
  void Get(std::vector<T>& list) {
    GetList(list);
  }
  template <typename T>
  void Get(std::deque<T>& list) {
    GetList(list);
  }
  template <typename T, size_t kInlined>
  void Get(absl::InlinedVector<T, kInlined>& list) {
    GetList(list);
  }
  template <typename T>
    requires(std::is_class_v<T>)
  void Get(T& value) {
    if (++depth_ > kMaxDepth) Stop();
    Visit(*this, value);
    --depth_;
  }

  absl::Span<const uint8_t> bytes_;
  TypeStore& store_;
  std::vector<TypeId> types_;  // by the writer's numbers
  // While the types are read, indices below this are taken as they stand: see TypeStore::Intern.
  uint32_t group_end_ = 0;
  int depth_ = 0;
  bool is_damaged_ = false;
  std::optional<Error> full_;  // what the type store said
};

}  // namespace tenon::vm
