// Sealed days made by hand in a store in memory, for tests of the history's index and pages.
#pragma once

#include <gtest/gtest.h>

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/batch/history_index.h"
#include "core/batch/seal.h"
#include "node/history_book.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "platform/journal/posix.h"
#include "tests/support/scratch.h"

namespace ph::history {

inline constexpr Participant kHome{1};

inline Member who(std::uint64_t serial) {
  return Member::make(kHome, serial);
}
inline LotId lot_of(BusinessDate day, std::uint32_t entry) {
  return {kHome, day, entry};
}
inline Slice slice_of(LotId lot, Account account, std::int64_t delta) {
  return {.lot = lot,
          .earned_month = *Month::parse("2026-01"),
          .expires_on = BusinessDate::of(2029, 4, 1),
          .source = Source::kAward,
          .rating = 1,
          .account = account,
          .original = 1'000,
          .delta = delta};
}
inline Movement earn(Member member, std::uint32_t entry, std::int64_t points, BusinessDate day) {
  return {.member = member,
          .entry = entry,
          .kind = Kind::kEarn,
          .slice = slice_of(lot_of(day, entry), Account::kIssued, points)};
}
inline TransactionId id_of(BusinessDate day, const std::string& reference) {
  TransactionId id{.participant = kHome, .date = day};
  std::ranges::copy(reference, id.reference.begin());
  return id;
}

// Some of the bytes can't be read.
class BadSector final : public ByteSource {
 public:
  BadSector(std::shared_ptr<const ByteSource> below, std::uint64_t from, std::uint64_t to)
      : below_(std::move(below)), from_(from), to_(to) {}
  [[nodiscard]] std::uint64_t size() const override { return below_->size(); }
  void read(std::uint64_t at, std::span<std::byte> into) const override {
    if (at < to_ && at + into.size() > from_) {
      throw std::system_error(EIO, std::generic_category(), "can't read it");
    }
    below_->read(at, into);
  }

 private:
  std::shared_ptr<const ByteSource> below_;
  std::uint64_t from_;
  std::uint64_t to_;
};

// Some batches can't be read while they are among `refused`, have gone, or have a bad sector: who
// reads one that is mapped there gets a signal.
class FailingBlobs : public BlobStore {
 public:
  explicit FailingBlobs(BlobStore& below) : below_(below) {}
  std::unique_ptr<BlobWriter> create() override { return below_.create(); }
  std::optional<Blob> get(const Digest& address, bool verify) override {
    if (before_get) before_get(address);
    const std::lock_guard lock(mutex_);
    if (refused_.contains(address)) {
      throw std::system_error(EIO, std::generic_category(), "can't open it");
    }
    if (bad_ && bad_->address == address) return mapped_without_bytes();
    return gone_.contains(address) ? std::nullopt : below_.get(address, verify);
  }
  std::shared_ptr<const ByteSource> open(const Digest& address, bool verify) override {
    {
      const std::lock_guard lock(mutex_);
      if (bad_ && bad_->address == address) {
        return std::make_shared<const BadSector>(below_.open(address, verify), bad_->from,
                                                 bad_->to);
      }
    }
    return BlobStore::open(address, verify);
  }
  struct Bad {
    Digest address{};
    std::uint64_t from{};
    std::uint64_t to{};
  };
  void spoil(std::optional<Bad> bad) {
    const std::lock_guard lock(mutex_);
    bad_ = bad;
  }
  void lose(std::set<Digest> gone) {
    const std::lock_guard lock(mutex_);
    gone_ = std::move(gone);
  }
  void refuse(std::set<Digest> refused) {
    const std::lock_guard lock(mutex_);
    refused_ = std::move(refused);
  }
  std::function<void(const Digest&)> before_get{};

 private:
  // As the system has a mapping whose sector can't be read.
  [[nodiscard]] Blob mapped_without_bytes() const {
    const FileHandle file(scratch_ / "mapped", O_RDWR | O_CREAT | O_TRUNC);
    const std::string bytes(100, 'x');
    file.write_at(0, std::as_bytes(std::span(bytes)));
    const auto mapped = std::make_shared<const MappedFile>(file);
    std::filesystem::resize_file(scratch_ / "mapped", 0);
    return {mapped, mapped->bytes()};
  }

  test::Scratch scratch_;
  BlobStore& below_;
  std::mutex mutex_{};
  std::optional<Bad> bad_{};
  std::set<Digest> refused_{};
  std::set<Digest> gone_{};
};

class World {
 public:
  World() : storage_(open_memory_storage(disk_)) {}

  struct Records {
    std::vector<Movement> movements{};
    std::vector<Item> items{};
    std::vector<Slice> slices{};
  };

  void redeem(Records& day, Member member, std::uint32_t entry, const std::string& reference,
              std::vector<Slice> slices, BusinessDate date) {
    std::int64_t points = 0;
    for (const Slice& slice : slices)
      points -= slice.delta;
    day.items.push_back({.kind = Kind::kRedeem,
                         .form = Form::kPhoneCredit,
                         .counterparty = kHome,
                         .member = member,
                         .id = id_of(date, reference),
                         .entry = entry,
                         .points = points,
                         .slice_count = static_cast<std::uint32_t>(slices.size())});
    day.slices.insert(day.slices.end(), slices.begin(), slices.end());
  }

  const SealedDay& add(BusinessDate date, Records records) {
    const auto sequence = static_cast<std::uint32_t>(days_.size() + 1);
    const OwnedBatch batch =
        seal({.sender = kHome, .date = date, .sequence = sequence}, std::move(records.movements),
             std::move(records.items), std::move(records.slices), &sha256);
    days_.push_back({.sequence = sequence,
                     .date = date,
                     .batch = batch.view().digest,
                     .blob = storage_.blobs->put(batch.bytes())});
    return days_.back();
  }
  // An EARN for each of these members, in this order, of 1, 2, 3... points.
  const SealedDay& earned(BusinessDate date, const std::vector<Member>& members) {
    Records records;
    std::uint32_t entry = 0;
    for (const Member member : members) {
      ++entry;
      records.movements.push_back(earn(member, entry, entry, date));
    }
    return add(date, std::move(records));
  }

  void begin_anew() { days_.clear(); }
  [[nodiscard]] const std::vector<SealedDay>& days() const { return days_; }
  [[nodiscard]] BlobStore& blobs() { return *storage_.blobs; }
  [[nodiscard]] BatchView batch(std::size_t n) {
    blobs_.push_back(*blobs().get(days_[n].blob, true));
    return view_of(blobs_.back().bytes());
  }

 private:
  MemoryDisk disk_;
  Storage storage_;
  std::vector<SealedDay> days_;
  std::vector<Blob> blobs_;
};

// A file of the index in memory, with the header's digest.
inline std::vector<std::byte> file_of(const std::vector<HistoryRecord>& records, BusinessDate first,
                                      BusinessDate last, std::uint32_t days = 1) {
  const Bytes body = std::as_bytes(std::span(records));
  const HistoryHeader header = sealed_header({.sender = kHome,
                                              .first = first,
                                              .last = last,
                                              .days = days,
                                              .records = records.size(),
                                              .digest = sha256(body)},
                                             &sha256);
  const Bytes head = std::as_bytes(std::span(&header, 1));
  std::vector<std::byte> out(head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

inline std::shared_ptr<const HistoryFile> opened(std::vector<std::byte> bytes) {
  const auto keep = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return HistoryFile::of(source_of(Blob(keep, *keep)));
}

// A file for each day.
inline std::shared_ptr<const HistorySet> set_of(World& world) {
  auto set = std::make_shared<HistorySet>();
  for (std::size_t n = 0; n < world.days().size(); ++n) {
    const BusinessDate day = world.days()[n].date;
    set->files.push_back(opened(file_of(history_records(world.batch(n)), day, day)));
  }
  set->complete = true;
  return set;
}

}  // namespace ph::history
