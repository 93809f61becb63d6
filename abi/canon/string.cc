#include "abi/canon/string.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

using Encoding = LiftedString::Encoding;

// What a decoded string takes beside its text: itself, what owns it, and the allocator's share.
constexpr uint64_t kDecodedBytes = sizeof(std::string) + sizeof(std::unique_ptr<std::string>) + 24;

constexpr absl::string_view kOutOfBounds = "string content out-of-bounds";

// Most text is ASCII, so code units that are code points too are looked at and copied by the block.
// What is less than a block, or has another unit in it, is left to be read one by one.
constexpr uint64_t kBlock = 32;

template <typename Unit>
bool IsBlockBelow(const Unit (&block)[kBlock], uint32_t bound) {
  bool below = true;
  for (const Unit unit : block) below &= unit < bound;
  return below;
}

// How many of the units at the beginning are below the bound, in whole blocks.
template <typename Unit>
uint64_t CountBelow(uint32_t bound, const uint8_t* from, uint64_t units) {
  uint64_t count = 0;
  for (; units - count >= kBlock; count += kBlock) {
    Unit block[kBlock];
    std::memcpy(block, from + count * sizeof(Unit), sizeof block);
    if (!IsBlockBelow(block, bound)) break;
  }
  return count;
}

template <typename Unit>
struct Vector {
  typedef Unit Type [[gnu::vector_size(kBlock * sizeof(Unit))]];
};

// Copies them. The target may be the source, if its units are not wider.
template <typename From, typename To>
uint64_t CopyBelow(uint32_t bound, const uint8_t* from, uint8_t* to, uint64_t units) {
  uint64_t count = 0;
  for (; units - count >= kBlock; count += kBlock) {
    From block[kBlock];
    std::memcpy(block, from + count * sizeof(From), sizeof block);
    if (!IsBlockBelow(block, bound)) break;
    typename Vector<From>::Type source;
    std::memcpy(&source, block, sizeof source);
    const auto target = __builtin_convertvector(source, typename Vector<To>::Type);
    std::memcpy(to + count * sizeof(To), &target, sizeof target);
  }
  return count;
}

// Code points of a string, one at a time or as many as are plain, checked as they are read.
class Reader {
 public:
  explicit Reader(const LiftedString& text)
      : encoding_(text.encoding), at_(text.bytes), end_(text.bytes + text.byte_length()) {}

  bool done() const { return at_ == end_; }
  // Passes over code points that are one unit, and copies those below the bound: at most 0x80 where
  // the source is UTF-8. Returns how many; there may be more.
  uint64_t SkipUnits() {
    if (encoding_ != Encoding::kUtf16) return 0;
    return Pass(CountBelow<uint16_t>(0xd800, at_, units_left()), 2);
  }
  template <typename To>
  uint64_t CopyUnits(uint32_t bound, uint8_t* to, uint64_t room) {
    const uint64_t most = std::min(units_left(), room);
    if (encoding_ == Encoding::kUtf16) {
      return Pass(CopyBelow<uint16_t, To>(bound, at_, to, most), 2);
    }
    return Pass(CopyBelow<uint8_t, To>(bound, at_, to, most), 1);
  }
  uint64_t CountAscii() const {
    return encoding_ == Encoding::kUtf16 ? CountBelow<uint16_t>(0x80, at_, units_left())
                                         : CountBelow<uint8_t>(0x80, at_, units_left());
  }
  // False when what follows is no code point; `incomplete` then says that bytes are missing.
  bool Next(uint32_t* code_point, bool* incomplete) {
    *incomplete = false;
    switch (encoding_) {
      case Encoding::kLatin1: *code_point = *at_++; return true;
      case Encoding::kUtf16: return NextUtf16(code_point, incomplete);
      case Encoding::kUtf8: return NextUtf8(code_point, incomplete);
    }
    return false;
  }

 private:
  uint64_t units_left() const {
    return static_cast<uint64_t>(end_ - at_) / (encoding_ == Encoding::kUtf16 ? 2 : 1);
  }
  uint64_t Pass(uint64_t units, uint64_t unit_bytes) {
    at_ += units * unit_bytes;
    return units;
  }
  bool NextUtf16(uint32_t* code_point, bool* incomplete) {
    const uint32_t unit = LoadScalar<uint16_t>(at_);
    at_ += 2;
    *code_point = unit;
    if (unit < 0xd800 || unit > 0xdfff) return true;
    if (unit > 0xdbff) return false;
    if (at_ == end_) {
      *incomplete = true;
      return false;
    }
    const uint32_t low = LoadScalar<uint16_t>(at_);
    if (low < 0xdc00 || low > 0xdfff) return false;
    at_ += 2;
    *code_point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    return true;
  }

  bool NextUtf8(uint32_t* code_point, bool* incomplete) {
    const uint8_t lead = *at_++;
    *code_point = lead;
    if (lead < 0x80) return true;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const int more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    // What the second byte may be excludes overlong forms, surrogates and all above U+10FFFF.
    const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    uint32_t value = lead & (0x3f >> more);
    for (int i = 0; i < more; ++i) {
      if (at_ == end_) {
        *incomplete = true;
        return false;
      }
      const uint8_t byte = *at_;
      if (byte < (i == 0 ? low : 0x80) || byte > (i == 0 ? high : 0xbf)) return false;
      ++at_;
      value = value << 6 | (byte & 0x3f);
    }
    *code_point = value;
    return true;
  }

  Encoding encoding_;
  const uint8_t* at_;
  const uint8_t* end_;
};

bool BadEncoding(CanonContext& cx, Encoding encoding, bool incomplete) {
  if (encoding == Encoding::kUtf16) return cx.Trap("unpaired surrogate found");
  return cx.Trap(incomplete ? "incomplete utf-8 byte sequence" : "invalid utf-8 sequence");
}

// The next code point, or a trap.
bool Read(CanonContext& cx, Reader& reader, Encoding encoding, uint32_t* code_point) {
  bool incomplete;
  return reader.Next(code_point, &incomplete) || BadEncoding(cx, encoding, incomplete);
}

// A range of guest memory being filled; no write goes beyond it.
class Writer {
 public:
  Writer(uint8_t* at, uint64_t size) : at_(at), room_(size), size_(size) {}

  uint64_t written() const { return size_ - room_; }
  // What the reader has of ASCII, as units of that type.
  template <typename Unit>
  void Ascii(Reader& reader) {
    const uint64_t bytes = sizeof(Unit) * reader.CopyUnits<Unit>(0x80, at_, room_ / sizeof(Unit));
    at_ += bytes;
    room_ -= bytes;
  }
  bool Byte(uint8_t byte) {
    if (room_ == 0) return false;
    *at_++ = byte;
    --room_;
    return true;
  }
  bool Unit(uint16_t unit) {
    return Byte(static_cast<uint8_t>(unit)) && Byte(static_cast<uint8_t>(unit >> 8));
  }
  bool Utf16(uint32_t code_point) {
    if (code_point < 0x10000) return Unit(static_cast<uint16_t>(code_point));
    code_point -= 0x10000;
    return Unit(static_cast<uint16_t>(0xd800 + (code_point >> 10))) &&
           Unit(static_cast<uint16_t>(0xdc00 + (code_point & 0x3ff)));
  }
  bool Utf8(uint32_t code_point) {
    if (code_point < 0x80) return Byte(static_cast<uint8_t>(code_point));
    const int more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
    const uint8_t lead = static_cast<uint8_t>(0xff00 >> (more + 1));
    if (!Byte(lead | static_cast<uint8_t>(code_point >> (6 * more)))) return false;
    for (int i = more - 1; i >= 0; --i) {
      if (!Byte(0x80 | ((code_point >> (6 * i)) & 0x3f))) return false;
    }
    return true;
  }

 private:
  uint8_t* at_;
  uint64_t room_;
  uint64_t size_;
};

// Each unit is read once and has room for its worst case, so even a source that realloc rewrites
// does not get here: the writer's own bounds, beside that reasoning.
bool NoRoom(CanonContext& cx) { return cx.Trap("string changed while it was copied"); }

uint64_t Utf16Tag(const CanonContext& cx) {
  return uint64_t{1} << (cx.options->pointer_bytes() * 8 - 1);
}

// abi: store_string_copy; latin1 to utf16 too, where each byte becomes a unit.
bool StoreCopy(CanonContext& cx, const LiftedString& text, uint32_t unit_bytes, uint32_t align,
               uint64_t* address) {
  const uint64_t size = text.units * unit_bytes;
  if (!cx.Realloc(0, 0, align, size, kOutOfBounds, address)) return false;
  if (size == 0) return true;
  uint8_t* to = cx.At(*address);
  if (text.byte_length() == size) {
    std::memmove(to, text.bytes, size);
  } else {
    uint64_t i = CopyBelow<uint8_t, uint16_t>(0x100, text.bytes, to, text.units);
    for (; i < text.units; ++i) StoreScalar<uint16_t>(to + 2 * i, text.bytes[i]);
  }
  return true;
}

// abi: store_string_to_utf8
bool StoreToUtf8(CanonContext& cx, const LiftedString& text, uint64_t worst, uint64_t* address,
                 uint64_t* units) {
  uint64_t size = text.units;
  if (!cx.Realloc(0, 0, 1, size, kOutOfBounds, address)) return false;
  Reader reader(text);
  uint64_t ascii = reader.CopyUnits<uint8_t>(0x80, cx.At(*address), size);
  uint32_t code_point = 0;
  while (!reader.done()) {
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
    if (code_point >= 0x80) break;
    if (ascii == size) return NoRoom(cx);
    cx.At(*address)[ascii++] = static_cast<uint8_t>(code_point);
  }
  *units = ascii;
  if (code_point < 0x80) return true;
  if (!cx.Realloc(*address, size, 1, worst, kOutOfBounds, address)) return false;
  Writer writer(cx.At(*address) + ascii, worst - ascii);
  if (!writer.Utf8(code_point)) return NoRoom(cx);
  while (!reader.done()) {
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
    if (!writer.Utf8(code_point)) return NoRoom(cx);
    if (code_point < 0x80) writer.Ascii<uint8_t>(reader);
  }
  *units = ascii + writer.written();
  return *units == worst || cx.Realloc(*address, worst, 1, *units, kOutOfBounds, address);
}

// abi: store_utf8_to_utf16
bool StoreUtf8ToUtf16(CanonContext& cx, const LiftedString& text, uint64_t* address,
                      uint64_t* units) {
  const uint64_t worst = 2 * text.units;
  if (!cx.Realloc(0, 0, 2, worst, kOutOfBounds, address)) return false;
  Reader reader(text);
  Writer writer(cx.At(*address), worst);
  writer.Ascii<uint16_t>(reader);
  uint32_t code_point;
  while (!reader.done()) {
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
    if (!writer.Utf16(code_point)) return NoRoom(cx);
    if (code_point < 0x80) writer.Ascii<uint16_t>(reader);
  }
  *units = writer.written() / 2;
  return writer.written() == worst ||
         cx.Realloc(*address, worst, 2, writer.written(), kOutOfBounds, address);
}

// abi: store_string_to_latin1_or_utf16, from the first code point beyond latin1 on.
bool WidenToUtf16(CanonContext& cx, const LiftedString& text, Reader& reader, uint32_t code_point,
                  uint64_t latin1, uint64_t* address, uint64_t* units) {
  const uint64_t worst = 2 * text.units;
  if (!cx.Realloc(*address, text.units, 2, worst, kOutOfBounds, address)) return false;
  uint8_t* to = cx.At(*address);
  for (uint64_t i = latin1; i-- > 0;) StoreScalar<uint16_t>(to + 2 * i, to[i]);
  Writer writer(to + 2 * latin1, worst - 2 * latin1);
  if (!writer.Utf16(code_point)) return NoRoom(cx);
  while (!reader.done()) {
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
    if (!writer.Utf16(code_point)) return NoRoom(cx);
    if (code_point < 0x80) writer.Ascii<uint16_t>(reader);
  }
  const uint64_t size = 2 * latin1 + writer.written();
  *units = size / 2 | Utf16Tag(cx);
  return size == worst || cx.Realloc(*address, worst, 2, size, kOutOfBounds, address);
}

bool StoreToLatin1OrUtf16(CanonContext& cx, const LiftedString& text, uint64_t* address,
                          uint64_t* units) {
  if (!cx.Realloc(0, 0, 2, text.units, kOutOfBounds, address)) return false;
  Reader reader(text);
  const uint32_t bound = text.encoding == Encoding::kUtf8 ? 0x80 : 0x100;
  uint64_t latin1 = reader.CopyUnits<uint8_t>(bound, cx.At(*address), text.units);
  while (!reader.done()) {
    uint32_t code_point;
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
    if (code_point >= 0x100) {
      return WidenToUtf16(cx, text, reader, code_point, latin1, address, units);
    }
    if (latin1 == text.units) return NoRoom(cx);
    cx.At(*address)[latin1++] = static_cast<uint8_t>(code_point);
    if (code_point < bound) {
      latin1 += reader.CopyUnits<uint8_t>(bound, cx.At(*address) + latin1, text.units - latin1);
    }
  }
  *units = latin1;
  return latin1 == text.units || cx.Realloc(*address, text.units, 2, latin1, kOutOfBounds, address);
}

// abi: store_probably_utf16_to_latin1_or_utf16
bool StoreProbablyUtf16(CanonContext& cx, const LiftedString& text, uint64_t* address,
                        uint64_t* units) {
  if (!StoreCopy(cx, text, 2, 2, address)) return false;
  uint8_t* bytes = cx.At(*address);
  *units = text.units | Utf16Tag(cx);
  for (uint64_t i = CountBelow<uint16_t>(0x100, bytes, text.units); i < text.units; ++i) {
    if (bytes[2 * i + 1] != 0) return true;
  }
  uint64_t i = CopyBelow<uint16_t, uint8_t>(0x100, bytes, bytes, text.units);
  for (; i < text.units; ++i) bytes[i] = bytes[2 * i];
  *units = text.units;
  return cx.Realloc(*address, 2 * text.units, 1, text.units, kOutOfBounds, address);
}

void AppendAscii(Reader& reader, std::string* out) {
  const uint64_t count = reader.CountAscii();
  if (count == 0) return;
  const size_t before = out->size();
  out->resize(before + count);
  reader.CopyUnits<uint8_t>(0x80, reinterpret_cast<uint8_t*>(out->data()) + before, count);
}

}  // namespace

bool LocateString(CanonContext& cx, uint64_t address, uint64_t units, LiftedString* text) {
  uint32_t align = 1;
  uint32_t unit_bytes = 1;
  text->encoding = Encoding::kUtf8;
  switch (cx.options->encoding) {
    case StringEncoding::kUtf8: break;
    case StringEncoding::kUtf16:
      text->encoding = Encoding::kUtf16;
      align = unit_bytes = 2;
      break;
    case StringEncoding::kLatin1Utf16:
      align = 2;
      text->from_latin1_utf16 = true;
      text->encoding = Encoding::kLatin1;
      if (units & Utf16Tag(cx)) {
        units ^= Utf16Tag(cx);
        text->encoding = Encoding::kUtf16;
        unit_bytes = 2;
      }
      break;
  }
  const absl::string_view what =
      cx.fused ? kOutOfBounds : "string pointer/length out of bounds of memory";
  if (units > kMaxStringByteLength / unit_bytes) return cx.Trap(what);
  if (!cx.CheckRange(address, units * unit_bytes, align, what)) return false;
  text->bytes = cx.At(address);
  text->units = units;
  return true;
}

bool CheckEncoding(CanonContext& cx, const LiftedString& text) {
  const auto* characters = reinterpret_cast<const char*>(text.bytes);
  if (text.encoding == Encoding::kLatin1 ||
      (text.encoding == Encoding::kUtf8 && IsValidUtf8({characters, text.units}))) {
    return true;
  }
  // Ill-formed UTF-8 (walked again for the reason), or UTF-16.
  Reader reader(text);
  uint32_t code_point;
  while (reader.SkipUnits(), !reader.done()) {
    if (!Read(cx, reader, text.encoding, &code_point)) return false;
  }
  return true;
}

bool StoreString(CanonContext& cx, const LiftedString& text, uint64_t* address, uint64_t* units) {
  *units = text.units;
  switch (cx.options->encoding) {
    case StringEncoding::kUtf8:
      if (text.encoding == Encoding::kUtf8) return StoreCopy(cx, text, 1, 1, address);
      return StoreToUtf8(cx, text, text.units * (text.encoding == Encoding::kUtf16 ? 3 : 2),
                         address, units);
    case StringEncoding::kUtf16:
      if (text.encoding == Encoding::kUtf8) return StoreUtf8ToUtf16(cx, text, address, units);
      return StoreCopy(cx, text, 2, 2, address);
    case StringEncoding::kLatin1Utf16:
      if (!text.from_latin1_utf16) return StoreToLatin1OrUtf16(cx, text, address, units);
      if (text.encoding == Encoding::kLatin1) return StoreCopy(cx, text, 1, 2, address);
      return StoreProbablyUtf16(cx, text, address, units);
  }
  return false;
}

bool LiftString(CanonContext& cx, uint64_t address, uint64_t units, absl::string_view* text) {
  LiftedString lifted;
  if (!LocateString(cx, address, units, &lifted)) return false;
  // A view holds nothing but is read once to be checked, and many may lie in one place.
  const bool is_view = lifted.encoding == Encoding::kUtf8 || lifted.units == 0;
  if (!cx.Charge(is_view ? lifted.units : kDecodedBytes + 3 * lifted.units)) return false;
  if (!CheckEncoding(cx, lifted)) return false;
  if (is_view) {
    *text = {reinterpret_cast<const char*>(lifted.bytes), lifted.units};
    return true;
  }
  std::string& decoded = *cx.decoded.emplace_back(std::make_unique<std::string>());
  Reader reader(lifted);
  AppendAscii(reader, &decoded);
  while (!reader.done()) {
    uint32_t code_point;
    if (!Read(cx, reader, lifted.encoding, &code_point)) return false;
    AppendUtf8(code_point, &decoded);
    if (code_point < 0x80) AppendAscii(reader, &decoded);
  }
  *text = decoded;
  return true;
}

bool LowerString(CanonContext& cx, absl::string_view text, uint64_t* address, uint64_t* units) {
  if (text.size() > kMaxStringByteLength || !IsValidUtf8(text)) {
    return cx.Trap(vm::TrapKind::kHost, "a host function returned a string that is not valid");
  }
  LiftedString lifted;
  lifted.bytes = reinterpret_cast<const uint8_t*>(text.data());
  lifted.units = text.size();
  return StoreString(cx, lifted, address, units);
}

}  // namespace tenon::abi
