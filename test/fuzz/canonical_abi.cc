// A function of a type, arguments and results that the bytes decide, called through two components
// whose strings have encodings of their own (abi_chain.h): what arrives is what was sent, both
// ways.
#include <cstdint>
#include <cstdio>

#include "abi/text/wave_print.h"
#include "abi/text/wit.h"
#include "test/fuzz/abi_chain.h"
#include "test/fuzz/generator/component_values.h"

namespace tenon::abi {
namespace {

constexpr int kMaxCalls = 16;
constexpr StringEncoding kEncodings[] = {StringEncoding::kUtf8, StringEncoding::kUtf16,
                                         StringEncoding::kLatin1Utf16};

class RoundTrip {
 public:
  explicit RoundTrip(absl::Span<const uint8_t> bytes)
      : choices_(bytes), values_(choices_, chain_.types()) {}

  void Run() {
    const std::vector<ValType> params = values_.Params();
    const FuncTypeId type = chain_.FuncType(params, values_.Result(params));
    type_ = &chain_.types().Get(type);
    ChainGuest a, b;
    a.encoding = choices_.Of(kEncodings);
    b.encoding = choices_.Of(kEncodings);
    chain_.Link(type, a, b, /*apart=*/choices_.OneIn(2), [this](std::vector<Value> got) {
      for (size_t i = 0; i < got.size(); ++i) Compare(type_->params[i].second, sent_[i], got[i]);
      arrived_ = true;
      return result_;
    });
    for (int call = 0; call == 0 || (call < kMaxCalls && !choices_.empty()); ++call) Call();
  }

 private:
  void Call() {
    sent_.clear();
    for (const auto& [label, param] : type_->params) sent_.push_back(values_.Of(param));
    result_ = type_->result.has_value() ? values_.Of(type_->result) : Value();
    arrived_ = false;
    const std::expected<Value, vm::Trap> got = chain_.Call(sent_);
    if (!got) std::fprintf(stderr, "trap: %s\n", got.error().Message().c_str());
    TENON_CHECK(got.has_value() && arrived_);
    if (type_->result.has_value()) Compare(type_->result, result_, *got);
  }

  void Compare(ValType type, const Value& sent, const Value& got) {
    const TypeTable& types = chain_.types();
    TENON_CHECK(Fits(types, type, got));
    if (got == sent) return;
    std::fprintf(stderr, "of type %s\nsent %s\ngot  %s\n", ToString(types, type).c_str(),
                 PrintWave(types, type, sent).c_str(), PrintWave(types, type, got).c_str());
    TENON_CHECK(false);
  }

  AbiChain chain_;
  vm::Choices choices_;
  ComponentValues values_;
  const FuncType* type_ = nullptr;
  std::vector<Value> sent_;
  Value result_;
  bool arrived_ = false;
};

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::abi::RoundTrip({data, size}).Run();
  return 0;
}
