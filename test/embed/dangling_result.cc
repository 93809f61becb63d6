// A call whose result type is RESULT, which CMake names: it compiles only if that outlives the
// call.
#include <tenon/tenon.h>

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

template <typename Text>
struct Named {
  uint32_t id = 0;
  Text name;
};
template <typename Text>
struct tenon::RecordOf<Named<Text>> {
  static constexpr auto kFields =
      std::make_tuple(Field("id", &Named<Text>::id), Field("name", &Named<Text>::name));
};

template <typename Text>
using Choice = std::variant<std::monostate, Named<Text>>;
template <typename Text>
struct tenon::VariantOf<Choice<Text>> {
  using Cases = Choice<Text>;
  static constexpr const char* kLabels[] = {"none", "one"};
};

using Numbers = std::span<const uint32_t>;
using View = std::string_view;
using Owned = std::string;

auto Call(const tenon::TypedFunc<RESULT()>& func) { return func.Call(); }
