// A resolved module in an archive, without what grows with its code: of functions that it defines
// neither types nor bodies, of data segments not the bytes, of names the module's own. What is not
// there is known from elsewhere (OutlinedFuncs).
#pragma once

#include <memory>

#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/valid/archive.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

void WriteModule(ArchiveWriter& archive, const ResolvedModule& module);

// `module->module` has imports, of which the types are not set, exports and the module's name, and
// keeps `owner`, which keeps the bytes that names are views of. Data segments are as many as
// `datas`, else it is kMalformed.
Result<std::shared_ptr<const ResolvedModule>> ReadModule(
    ArchiveReader& archive, const Features& features, std::shared_ptr<const void> owner,
    std::shared_ptr<const OutlinedFuncs> funcs, absl::Span<const absl::Span<const uint8_t>> datas);

template <typename Archive>
void Visit(Archive& archive, Limits& limits) {
  auto& [min, max, has_max] = limits;
  archive(min, max, has_max);
}
template <typename Archive>
void Visit(Archive& archive, TableType& type) {
  auto& [limits, address, element] = type;
  archive(limits, address, element);
}
template <typename Archive>
void Visit(Archive& archive, MemoryType& type) {
  auto& [limits, address, shared, page_size_log2] = type;
  archive(limits, address, shared, page_size_log2);
}
template <typename Archive>
void Visit(Archive& archive, GlobalType& type) {
  auto& [value, is_mutable] = type;
  archive(value, is_mutable);
}

}  // namespace tenon::vm
