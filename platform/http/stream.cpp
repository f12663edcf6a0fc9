#include "platform/http/stream.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

namespace ph::http {

namespace {

class PlainStream final : public Stream {
 public:
  using Stream::Stream;

  IoResult handshake() override { return {Io::kDone, 0}; }
  IoResult read(std::span<char> into) override {
    if (std::exchange(drained_, false)) return {Io::kWaitRead, 0};
    const IoResult got =
        of(::recv(socket().native_handle(), into.data(), into.size(), MSG_DONTWAIT), Io::kWaitRead);
    drained_ = got.io == Io::kDone && got.size < into.size();
    return got;
  }
  IoResult write(std::string_view bytes) override {
    return of(
        ::send(socket().native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL),
        Io::kWaitWrite);
  }
  IoResult shut() override {
    return {::shutdown(socket().native_handle(), SHUT_WR) == 0 ? Io::kDone : Io::kClosed, 0};
  }

 private:
  // The last read took all that there was: asking at once whether more has come is in vain.
  bool drained_{};

  static IoResult of(ssize_t size, Io wait) {
    if (size > 0) return {Io::kDone, static_cast<std::size_t>(size)};
    const bool later = size < 0 && (errno == EAGAIN || errno == EINTR);
    return {later ? wait : Io::kClosed, 0};
  }
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace ph::http
