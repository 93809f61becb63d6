// Pollables of streams are values that outlive them: a file is always ready, and the descriptors of
// the standard streams stay open as long as the context.
#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

#include "abi/link/host.h"
#include "wasi/io/error.h"
#include "wasi/io/pollable.h"
#include "wasi/io/stream.h"
#include "wasi/io/wait.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

// stream-error as it crosses to the guest.
struct GuestStreamError : std::variant<abi::Own<IoError>, std::monostate> {
  using Cases = std::variant<abi::Own<IoError>, std::monostate>;
  using Cases::Cases;
};

}  // namespace tenon::wasi

namespace tenon {

template <>
struct VariantOf<wasi::GuestStreamError> {
  using Cases = wasi::GuestStreamError::Cases;
  static constexpr const char* kLabels[] = {"last-operation-failed", "closed"};
};

}  // namespace tenon

namespace tenon::wasi {
namespace {

using abi::Borrow;
using abi::HostContext;
using abi::MakeOwn;

template <typename T>
using GuestResult = std::expected<T, GuestStreamError>;
using Bytes = absl::Span<const uint8_t>;

// kEnded comes with a trap that is already set, and the guest sees no result.
std::unexpected<GuestStreamError> ToGuest(const StreamError& error) {
  if (error.kind != StreamError::Kind::kLastOperationFailed) {
    return std::unexpected(GuestStreamError(std::monostate()));
  }
  return std::unexpected(GuestStreamError(MakeOwn<IoError>(error.code)));
}

template <typename T>
GuestResult<T> ToGuest(const StreamResult<T>& result) {
  if (!result) return ToGuest(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *result;
  }
}

// `read` fills a span and says how much of it.
template <typename F>
GuestResult<std::vector<uint8_t>> ReadBytes(uint64_t length, F read) {
  std::vector<uint8_t> bytes(std::min(length, kMaxTransfer));
  const StreamResult<size_t> got = read(absl::MakeSpan(bytes));
  if (!got) return ToGuest(got.error());
  bytes.resize(*got);
  return bytes;
}

// True when write and write-zeroes may take `length` bytes.
bool IsPermitted(HostContext& cx, const OutputStream& stream, uint64_t length) {
  if (stream.Permits(length)) return true;
  cx.Trap("wasi:io/streams: write of more bytes than check-write has permitted");
  return false;
}

// True when blocking-write-and-flush and blocking-write-zeroes-and-flush may take `length` bytes.
bool FitsBlockingWrite(HostContext& cx, uint64_t length) {
  if (length <= kMaxBlockingWrite) return true;
  cx.Trap("wasi:io/streams: blocking write of more than 4096 bytes");
  return false;
}

void AddInputStream(abi::HostInterface& streams) {
  streams.Resource<InputStream>("input-stream");
  streams.Func("[method]input-stream.read",
               [](HostContext&, Borrow<InputStream> self, uint64_t length) {
                 return ReadBytes(length, [&](auto into) { return self->Read(into); });
               });
  streams.Func("[method]input-stream.blocking-read", [](HostContext& cx, Borrow<InputStream> self,
                                                        uint64_t length) {
    CallExecutor executor(cx);
    return ReadBytes(length, [&](auto into) { return self->BlockingRead(executor, into); });
  });
  streams.Func("[method]input-stream.skip",
               [](HostContext&, Borrow<InputStream> self, uint64_t length) {
                 return ToGuest(self->Skip(length));
               });
  streams.Func("[method]input-stream.blocking-skip",
               [](HostContext& cx, Borrow<InputStream> self, uint64_t length) {
                 CallExecutor executor(cx);
                 return ToGuest(self->BlockingSkip(executor, length));
               });
  streams.Func("[method]input-stream.subscribe", [](HostContext&, Borrow<InputStream> self) {
    return MakeOwn<Pollable>(self->Subscribe());
  });
}

void AddWrites(abi::HostInterface& streams) {
  streams.Func("[method]output-stream.check-write",
               [](HostContext&, Borrow<OutputStream> self) { return ToGuest(self->CheckWrite()); });
  streams.Func("[method]output-stream.write",
               [](HostContext& cx, Borrow<OutputStream> self, Bytes contents) -> GuestResult<void> {
                 if (!IsPermitted(cx, *self, contents.size())) return {};
                 return ToGuest(self->Write(contents));
               });
  streams.Func(
      "[method]output-stream.write-zeroes",
      [](HostContext& cx, Borrow<OutputStream> self, uint64_t length) -> GuestResult<void> {
        if (!IsPermitted(cx, *self, length)) return {};
        return ToGuest(self->WriteZeroes(length));
      });
  streams.Func("[method]output-stream.blocking-write-and-flush",
               [](HostContext& cx, Borrow<OutputStream> self, Bytes contents) -> GuestResult<void> {
                 if (!FitsBlockingWrite(cx, contents.size())) return {};
                 CallExecutor executor(cx);
                 return ToGuest(self->BlockingWriteAndFlush(executor, contents));
               });
  streams.Func(
      "[method]output-stream.blocking-write-zeroes-and-flush",
      [](HostContext& cx, Borrow<OutputStream> self, uint64_t length) -> GuestResult<void> {
        if (!FitsBlockingWrite(cx, length)) return {};
        CallExecutor executor(cx);
        return ToGuest(self->BlockingWriteZeroesAndFlush(executor, length));
      });
}

void AddOutputStream(abi::HostInterface& streams) {
  streams.Resource<OutputStream>("output-stream");
  AddWrites(streams);
  streams.Func("[method]output-stream.flush",
               [](HostContext&, Borrow<OutputStream> self) { return ToGuest(self->Flush()); });
  streams.Func("[method]output-stream.blocking-flush",
               [](HostContext& cx, Borrow<OutputStream> self) {
                 CallExecutor executor(cx);
                 return ToGuest(self->BlockingFlush(executor));
               });
  streams.Func("[method]output-stream.subscribe", [](HostContext&, Borrow<OutputStream> self) {
    return MakeOwn<Pollable>(self->Subscribe());
  });
  streams.Func("[method]output-stream.splice",
               [](HostContext&, Borrow<OutputStream> self, Borrow<InputStream> source,
                  uint64_t length) { return ToGuest(self->Splice(*source, length)); });
  streams.Func(
      "[method]output-stream.blocking-splice",
      [](HostContext& cx, Borrow<OutputStream> self, Borrow<InputStream> source, uint64_t length) {
        CallExecutor executor(cx);
        return ToGuest(self->BlockingSplice(executor, *source, length));
      });
}

}  // namespace

void AddStreams(abi::HostInterface& streams) {
  AddInputStream(streams);
  AddOutputStream(streams);
}

}  // namespace tenon::wasi
