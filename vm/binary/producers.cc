#include "vm/binary/producers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "vm/base/byte_reader.h"
#include "vm/base/leb128.h"
#include "vm/base/utf8.h"

namespace tenon::vm {
namespace {

constexpr size_t kPreambleSize = 8;
constexpr uint8_t kCustomSection = 0;

bool ReadName(ByteReader& reader, std::string* out) {
  uint32_t size = 0;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadVarU32(&size) || size > kMaxProducerNameBytes) return false;
  if (!reader.ReadBytes(size, &bytes)) return false;
  out->assign(bytes.begin(), bytes.end());
  return IsValidUtf8(*out);
}

void AppendName(absl::string_view name, std::vector<uint8_t>* out) {
  AppendVarU32(static_cast<uint32_t>(name.size()), out);
  out->insert(out->end(), name.begin(), name.end());
}

void AppendSized(const std::vector<uint8_t>& bytes, std::vector<uint8_t>* out) {
  AppendVarU32(static_cast<uint32_t>(bytes.size()), out);
  out->insert(out->end(), bytes.begin(), bytes.end());
}

void Merge(Producer producer, std::vector<Producer>* producers) {
  const auto same = std::find_if(producers->begin(), producers->end(), [&](const Producer& other) {
    return other.field == producer.field && other.name == producer.name;
  });
  if (same == producers->end()) return producers->push_back(std::move(producer));
  same->version = std::move(producer.version);
}

// Fields in the order of their first values.
void AppendSection(const std::vector<Producer>& producers, std::vector<uint8_t>* out) {
  std::vector<absl::string_view> fields;
  for (const Producer& each : producers) {
    if (std::find(fields.begin(), fields.end(), each.field) == fields.end()) {
      fields.push_back(each.field);
    }
  }
  std::vector<uint8_t> content;
  AppendName(kProducersSection, &content);
  AppendVarU32(static_cast<uint32_t>(fields.size()), &content);
  for (const absl::string_view field : fields) {
    const auto is_here = [&](const Producer& each) { return each.field == field; };
    AppendName(field, &content);
    AppendVarU32(static_cast<uint32_t>(std::count_if(producers.begin(), producers.end(), is_here)),
                 &content);
    for (const Producer& each : producers) {
      if (!is_here(each)) continue;
      AppendName(each.name, &content);
      AppendName(each.version, &content);
    }
  }
  out->push_back(kCustomSection);
  AppendSized(content, out);
}

// Whether a section is one of producers; its content is what stands behind the name then.
bool IsProducers(uint8_t id, absl::Span<const uint8_t>* content) {
  ByteReader reader(*content);
  std::string name;
  if (id != kCustomSection || !ReadName(reader, &name) || name != kProducersSection) return false;
  content->remove_prefix(content->size() - reader.remaining());
  return true;
}

}  // namespace

std::optional<std::vector<Producer>> ReadProducers(absl::Span<const uint8_t> content) {
  ByteReader reader(content);
  std::vector<Producer> producers;
  uint32_t fields = 0;
  if (!reader.ReadVarU32(&fields) || fields > kMaxProducers) return std::nullopt;
  for (; fields != 0; --fields) {
    std::string field;
    uint32_t values = 0;
    if (!ReadName(reader, &field) || !reader.ReadVarU32(&values)) return std::nullopt;
    if (values > kMaxProducers - producers.size()) return std::nullopt;
    for (; values != 0; --values) {
      Producer& value = producers.emplace_back(Producer{field, {}, {}});
      if (!ReadName(reader, &value.name) || !ReadName(reader, &value.version)) return std::nullopt;
    }
  }
  if (!reader.at_end()) return std::nullopt;
  return producers;
}

void AddProducer(Producer producer, std::vector<uint8_t>* binary) {
  std::vector<Producer> producers;
  size_t read = 0;  // each is compared with all before
  std::vector<uint8_t> made(binary->begin(), binary->begin() + kPreambleSize);
  ByteReader reader(absl::MakeConstSpan(*binary).subspan(kPreambleSize));
  while (!reader.at_end()) {
    const uint8_t* const begin = reader.position();
    uint8_t id = 0;
    uint32_t size = 0;
    absl::Span<const uint8_t> content;
    if (!reader.ReadByte(&id) || !reader.ReadVarU32(&size) || !reader.ReadBytes(size, &content)) {
      return;
    }
    if (!IsProducers(id, &content)) {
      made.insert(made.end(), begin, reader.position());
      continue;
    }
    auto known = ReadProducers(content);
    if (!known || (read += known->size()) >= kMaxProducers) return;
    for (Producer& each : *known) Merge(std::move(each), &producers);
  }
  Merge(std::move(producer), &producers);
  AppendSection(producers, &made);
  *binary = std::move(made);
}

}  // namespace tenon::vm
