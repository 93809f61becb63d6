#include "wit/component/targets.h"

#include "abi/binary/component_writer.h"
#include "wit/binary/encode.h"

namespace tenon::wit {

std::vector<uint8_t> MakeTargetsQuestion(const Packages& packages, WorldIdx world,
                                         absl::Span<const uint8_t> component) {
  abi::ComponentWriter question;
  const abi::TypeIdx type = AddWorldType(packages, world, question);
  const abi::ComponentIdx index = question.AddComponent(component);
  const abi::syntax::ExternType expected = {.sort = abi::Sort::kComponent, .index = type.value()};
  question.Add(abi::syntax::Export{
      {packages[world].name}, {abi::Sort::kComponent, index.value()}, &expected});
  return question.Finish();
}

}  // namespace tenon::wit
