#include "platform/files/write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace ph {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class OutputFile {
 public:
  OutputFile(std::string path, int flags)
      : path_(std::move(path)), fd_(::open(path_.c_str(), flags | O_CLOEXEC, 0644)) {
    if (fd_ < 0) {
      fail(path_);
    }
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(fd_); }

  void write(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written <= 0) {
        fail(path_);
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  void sync() {
    if (::fsync(fd_) != 0) {
      fail(path_);
    }
  }

 private:
  std::string path_;
  int fd_;
};

// Builds one CSV line: fields that are absent stay empty.
class Line {
 public:
  Line(const RuleBook* book, std::string& out) : book_(book), out_(out) {}

  Line& text(std::string_view value) {
    if (!first_) {
      out_ += ',';
    }
    first_ = false;
    out_ += value;
    return *this;
  }
  Line& number(std::int64_t value) { return text(std::to_string(value)); }
  Line& given(std::int64_t value) { return value == 0 ? text({}) : number(value); }
  Line& code(Participant one) { return text(one.none() ? std::string() : name(one)); }
  Line& member(Member one) { return text(one.none() ? std::string() : one.text()); }
  Line& entry_id(EntryId id) {
    return id.none() ? text({})
                     : text(name(id.participant()) + '/' + id.date().compact_text() + '/' +
                            std::to_string(id.number()));
  }
  Line& id(const TransactionId& id) {
    return id.none() ? text({})
                     : text(name(id.participant) + '/' + id.date.compact_text() + '/' +
                            std::string(id.reference_text()));
  }
  Line& slice(const Slice& slice) {
    const bool debt = slice.source == Source::kDebt;
    entry_id(slice.lot);
    text(debt ? std::string() : slice.earned_month.text());
    text(debt ? std::string() : slice.expires_on.text());
    text(word(slice.source));
    debt ? text({}) : number(slice.rating);
    text(word(slice.account));
    debt ? text({}) : number(slice.original);
    return number(slice.delta);
  }
  void end() { out_ += '\n'; }

 private:
  [[nodiscard]] std::string name(Participant one) const {
    return book_ != nullptr ? book_->code(one) : std::to_string(one.number());
  }

  const RuleBook* book_;
  std::string& out_;
  bool first_{true};
};

void write_item(const Item& item, const RuleBook* book, std::string& out) {
  Line line(book, out);
  line.text("ITEM").number(item.entry).text(word(item.kind)).text(word(item.action));
  line.id(item.id).id(item.parent).member(item.member);
  line.code(item.counterparty).code(item.partner).text(word(item.form));
  line.number(item.points).given(item.units).given(item.rate_version);
  line.given(item.cost).given(item.freight).given(item.cash);
  line.entry_id(item.authorisation).given(item.cited_sequence).given(item.cited_entry).end();
}

}  // namespace

void write_binary(const OwnedBatch& batch, const std::string& path) {
  const std::string part = path + ".part";
  {
    OutputFile file(part, O_WRONLY | O_CREAT | O_TRUNC);
    file.write(batch.bytes());
    file.sync();
  }
  if (std::rename(part.c_str(), path.c_str()) != 0) {
    fail(path);
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  OutputFile(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY).sync();
}

void write_csv(const BatchView& batch, const RuleBook* book, std::string& out) {
  const BatchHeader& header = batch.header;
  Line(book, out)
      .text("POINTHOUSE")
      .text("BATCH")
      .text("1")
      .code(header.sender)
      .text(header.date.text())
      .number(header.sequence)
      .end();
  Line(book, out).text("PREVIOUS").text(hex(header.previous)).end();
  for (const Movement& movement : batch.movements) {
    Line line(book, out);
    line.text("MOVEMENT").number(movement.entry).text(word(movement.kind));
    line.member(movement.member).slice(movement.slice).end();
  }
  std::size_t slice = 0;
  for (const Item& item : batch.items) {
    write_item(item, book, out);
    for (std::uint32_t n = 0; n < item.slice_count; ++n) {
      Line(book, out).text("SLICE").slice(batch.slices[slice++]).end();
    }
  }
  Line(book, out).text("DIGEST").text(hex(batch.digest)).end();
  const std::size_t rows = 2 + batch.movements.size() + batch.items.size() + batch.slices.size();
  Line(book, out)
      .text("END")
      .number(static_cast<std::int64_t>(rows))
      .number(header.points)
      .number(header.fen)
      .end();
}

}  // namespace ph
