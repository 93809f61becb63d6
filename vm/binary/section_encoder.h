// The content of one section as it is written: the counterpart of section_decoder.h. Internal to
// vm/binary.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/base/leb128.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

struct SectionEncoder {
  const Module& module;
  std::vector<uint8_t> out;

  void Byte(int byte) { out.push_back(static_cast<uint8_t>(byte)); }
  void Count(size_t count) { AppendVarU32(static_cast<uint32_t>(count), &out); }
  void Index(uint32_t index) { AppendVarU32(index, &out); }
  void Bytes(ByteRange range);
  void SizedBytes(ByteRange range);
  void Name(absl::string_view name);

  // encode_types.cc
  void Types();
  void Sub(const SubType& type);
  void Composite(const SubType& type);
  void Field(const FieldType& type);
  void Value(ValType type);
  void Values(const std::vector<ValType>& types);
  void TableOf(const TableType& type);
  void MemoryOf(const MemoryType& type);
  void GlobalOf(const GlobalType& type);
  void TagOf(const TagType& type);
  void LimitsOf(const Limits& limits, int flags);

  // encoder.cc
  void Imports();
  void ExternOf(const ImportType& type);
  void Functions();
  void Tables();
  void Memories();
  void Tags();
  void Globals();
  void Exports();
  void Start();
  void Elems();
  void Elem(const ElemSegment& segment);
  void DataCount();
  void Code();
  void Datas();
};

}  // namespace tenon::vm
