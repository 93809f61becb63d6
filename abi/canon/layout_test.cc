#include "abi/canon/layout.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "abi/types/types_for_test.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

// Builds types in a table; labels are all the same, since layout does not look at names.
struct Types {
  TypeTable table;

  ValType Def(TypeKind kind, std::vector<ValType> types, uint32_t labels = 0) {
    TypeDef def;
    def.kind = kind;
    def.types = std::move(types);
    if (kind == K::kRecord || kind == K::kVariant) labels = def.types.size();
    def.labels.assign(labels, "label");
    return *table.Intern(std::move(def));
  }
  ValType FixedList(ValType element, uint32_t length) {
    return FixedListType(table, element, length);
  }
  ValType Record(std::vector<ValType> types) { return Def(K::kRecord, std::move(types)); }
  ValType Enum(uint32_t n) { return Def(K::kEnum, {}, n); }
  ValType Flags(uint32_t n) { return Def(K::kFlags, {}, n); }
};

// size and alignment in a 32-bit memory, then in a 64-bit one, then flat values. Computed with
// elem_size, alignment and flatten_type of the specification's
// design/mvp/canonical-abi/definitions.py (component-model 6d28164).
TEST(LayoutTest, AgreesWithTheSpecification) {
  Types t;
  const ValType u8 = K::kU8, u16 = K::kU16, u32 = K::kU32, u64 = K::kU64, f64 = K::kF64;
  const ValType string = K::kString;
  struct Row {
    ValType type;
    Layout layout32, layout64;
  };
  const std::vector<Row> rows = {
      {K::kBool, {1, 1, 1}, {1, 1, 1}},
      {u16, {2, 2, 1}, {2, 2, 1}},
      {f64, {8, 8, 1}, {8, 8, 1}},
      {K::kChar, {4, 4, 1}, {4, 4, 1}},
      {string, {8, 4, 2}, {16, 8, 2}},
      {t.Def(K::kList, {u64}), {8, 4, 2}, {16, 8, 2}},
      {t.Def(K::kMap, {t.Def(K::kTuple, {u8, u64})}), {8, 4, 2}, {16, 8, 2}},
      {t.FixedList(u16, 3), {6, 2, 3}, {6, 2, 3}},
      {t.FixedList(t.Record({u32, u8}), 2), {16, 4, 4}, {16, 4, 4}},
      {t.FixedList(string, 2), {16, 4, 4}, {32, 8, 4}},
      {t.Record({u8, u16, u8}), {6, 2, 3}, {6, 2, 3}},
      {t.Record({u8, u64, u8}), {24, 8, 3}, {24, 8, 3}},
      {t.Record({u8, string}), {12, 4, 3}, {24, 8, 3}},
      {t.Def(K::kTuple, {u8, u8, u32}), {8, 4, 3}, {8, 4, 3}},
      {t.Enum(1), {1, 1, 1}, {1, 1, 1}},
      {t.Enum(256), {1, 1, 1}, {1, 1, 1}},
      {t.Enum(257), {2, 2, 1}, {2, 2, 1}},
      {t.Enum(65536), {2, 2, 1}, {2, 2, 1}},
      {t.Enum(65537), {4, 4, 1}, {4, 4, 1}},
      {t.Flags(1), {1, 1, 1}, {1, 1, 1}},
      {t.Flags(8), {1, 1, 1}, {1, 1, 1}},
      {t.Flags(9), {2, 2, 1}, {2, 2, 1}},
      {t.Flags(16), {2, 2, 1}, {2, 2, 1}},
      {t.Flags(17), {4, 4, 1}, {4, 4, 1}},
      {t.Flags(32), {4, 4, 1}, {4, 4, 1}},
      {t.Def(K::kOption, {u8}), {2, 1, 2}, {2, 1, 2}},
      {t.Def(K::kOption, {u64}), {16, 8, 2}, {16, 8, 2}},
      {t.Def(K::kOption, {string}), {12, 4, 3}, {24, 8, 3}},
      {t.Def(K::kResult, {ValType(), ValType()}), {1, 1, 1}, {1, 1, 1}},
      {t.Def(K::kResult, {u8, f64}), {16, 8, 2}, {16, 8, 2}},
      {t.Def(K::kResult, {string, t.Enum(257)}), {12, 4, 3}, {24, 8, 3}},
      {t.Def(K::kVariant, {ValType(), u32, string}), {12, 4, 3}, {24, 8, 3}},
      {t.Def(K::kVariant, {K::kF32, u64, t.Record({u8, u8, u8})}), {16, 8, 4}, {16, 8, 4}},
      {t.Def(K::kList, {t.Def(K::kOption, {t.Record({u8, u64})})}), {8, 4, 2}, {16, 8, 2}},
      {t.Record({t.Def(K::kOption, {t.Record({u16, u8})}), u8}), {8, 2, 4}, {8, 2, 4}},
  };
  LayoutTable layouts32(&t.table, 4), layouts64(&t.table, 8);

  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(layouts32.Get(rows[i].type), rows[i].layout32) << "row " << i;
    EXPECT_EQ(layouts64.Get(rows[i].type), rows[i].layout64) << "row " << i;
  }
}

}  // namespace
}  // namespace tenon::abi
