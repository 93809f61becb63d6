// A type, and flat values or a value in memory, of any bits: what an async call puts from the one
// form into the other (reshape.h) is lifted to the same value, or traps, in both forms.
#include <cstdint>
#include <optional>
#include <vector>

#include "abi/canon/reshape.h"
#include "abi/canon/test_guest.h"
#include "abi/canon/value_codec.h"
#include "test/fuzz/generator/component_values.h"

namespace tenon::abi {
namespace {

constexpr int kMaxDepth = 5;

class Reshape {
 public:
  explicit Reshape(absl::Span<const uint8_t> bytes) : choices_(bytes), values_(choices_, types_) {}

  void Run() {
    type_ = values_.Type(kMaxDepth);
    layout_ = layouts_.Get(type_);
    if (layout_.flat > kMaxFlatParams) return;  // is always in memory
    for (int i = 0; i == 0 || (i < 4 && !choices_.empty()); ++i) {
      FromSlots();
      FromBytes();
    }
  }

 private:
  void FromSlots() {
    std::vector<vm::Slot> slots(layout_.flat);
    for (vm::Slot& slot : slots) slot.bits = Bits();
    std::vector<uint8_t> bytes(layout_.size);
    const std::optional<Value> flat = Lifted(slots);
    if (!reshaper_.ToBytes(type_, slots.data(), bytes.data())) {
      TENON_CHECK(!flat);
    } else {
      TENON_CHECK(Loaded(bytes) == flat);
    }
  }
  void FromBytes() {
    std::vector<uint8_t> bytes(layout_.size);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(Bits());
    std::vector<vm::Slot> slots(layout_.flat);
    const std::optional<Value> stored = Loaded(bytes);
    if (!reshaper_.ToSlots(type_, bytes.data(), slots.data())) {
      TENON_CHECK(!stored);
    } else {
      TENON_CHECK(Lifted(slots) == stored);
    }
  }

  uint64_t Bits() { return choices_.OneIn(4) ? choices_.Bits(8) : choices_.Below(4); }

  // Nothing after a trap.
  std::optional<Value> Lifted(const std::vector<vm::Slot>& slots) {
    CanonContext cx = guest_.Context();
    Value value;
    if (!ValueCodec(&cx, &types_, {}).Lift(type_, slots.data(), &value)) return std::nullopt;
    return value;
  }
  std::optional<Value> Loaded(const std::vector<uint8_t>& bytes) {
    CanonContext cx = guest_.Context();
    Value value;
    if (!ValueCodec(&cx, &types_, {}).Load(type_, bytes.data(), &value)) return std::nullopt;
    return value;
  }

  vm::Choices choices_;
  TypeTable types_;
  ComponentValues values_;
  Store store_{&TestEngine()};
  TestGuest guest_{&store_};
  LayoutTable layouts_{&types_, 4};
  CanonContext cx_ = guest_.Context();
  Reshaper reshaper_{&types_, &layouts_, &cx_};
  ValType type_;
  Layout layout_;
};

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::abi::Reshape({data, size}).Run();
  return 0;
}
