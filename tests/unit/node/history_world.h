// Sealed days made by hand in a store in memory, for tests of the history's index and pages.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/batch/history_index.h"
#include "core/batch/seal.h"
#include "node/history_book.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"

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

// Some batches can't be read while they are among `refused`, or have gone.
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
    return gone_.contains(address) ? std::nullopt : below_.get(address, verify);
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
  BlobStore& below_;
  std::mutex mutex_{};
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

// A file of the index in memory.
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
  return std::make_shared<const HistoryFile>(
      HistoryFile{keep, view_of_history(*keep, &sha256).value()});
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
