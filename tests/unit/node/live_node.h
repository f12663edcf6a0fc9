// A province's node in memory, for tests of what comes live: it dies and starts again on the same
// disk.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/node.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "tests/support/small_world.h"

namespace ph::live_node {

inline constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);
inline constexpr BusinessDate kSecond = kFirst.plus_days(1);
inline constexpr Participant kHome{1};

inline BusinessTime at(BusinessDate date, int hour, int minute = 0) {
  return BusinessTime::of(date, std::int64_t{hour} * 3600 + std::int64_t{minute} * 60);
}
inline Member member(std::uint64_t serial) {
  return Member::make(kHome, serial);
}
inline TransactionId id_of(BusinessDate date, std::string_view reference, Participant who = kHome) {
  TransactionId id{.participant = who, .date = date};
  std::memcpy(id.reference.data(), reference.data(), reference.size());
  return id;
}
inline LiveCommand redeem(std::string_view name, std::int64_t points, BusinessDate date = kFirst) {
  LiveCommand command;
  command.row.kind = RowKind::kRedeem;
  command.row.form = Form::kPhoneCredit;
  command.row.giver = kHome;
  command.row.member = member(1);
  command.row.id = id_of(date, name);
  command.row.points = points;
  return command;
}
inline LiveCommand hold(std::string_view name, std::int64_t points, BusinessDate date = kFirst) {
  LiveCommand command = redeem(name, points, date);
  command.row.kind = RowKind::kHold;
  command.row.form = Form::kNone;
  command.row.giver = Participant();
  return command;
}

class LiveNodeTest : public ::testing::Test {
 protected:
  LiveNodeTest() {
    restart();
    EXPECT_EQ(bring(test::rulebook_text(), at(kFirst, 0)), IntakeVerdict::kAccepted);
    EXPECT_EQ(bring(test::opening_text(1), at(kFirst, 0)), IntakeVerdict::kAccepted);
  }

  // The process dies and starts again on the same disk.
  void restart() {
    node_.reset();
    if (storage_) {
      disk_.crash();
    }
    storage_.emplace(open_memory_storage(disk_));
    node_ = std::make_unique<Node>(
        NodeSettings{.code = "P01", .slice_steps = slice_steps_, .asked_steps = asked_steps_},
        *storage_, keys_.of("P01"), keys_.registry());
    node_->recover();
  }
  void snapshot() {
    node_->put_snapshot_into(*storage_->snapshots);
    node_->snapshot_taken(node_->last_block());
  }
  IntakeAnswer answer(const std::string& text, BusinessTime now) {
    PreparedFile file = prepare_file("file", as_bytes(text), node_->rules(), node_->blobs());
    return node_->take_file(file, now);
  }
  IntakeVerdict bring(const std::string& text, BusinessTime now) {
    return answer(text, now).verdict;
  }
  // Posts and seals all that is due.
  void turn(BusinessTime now) {
    bool more = true;
    while (more) {
      while (node_->post_slice(now)) {
      }
      more = node_->seal_due(now, [] { return true; });
    }
  }
  LiveAnswer live(const LiveCommand& command, BusinessTime now) {
    const LiveAnswer answer = node_->take_live(command, now);
    node_->commit_live();
    return answer;
  }
  std::uint8_t code(const LiveCommand& command, BusinessTime now) {
    return live(command, now).code;
  }
  [[nodiscard]] std::int64_t points() const {
    return node_->province().poster()->home().balance(member(1), kFirst)->points;
  }
  [[nodiscard]] std::vector<std::byte> state() const {
    std::vector<std::byte> out;
    node_->province().save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
  }

  test::Keys keys_;
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<Node> node_;
  std::uint32_t slice_steps_{65'536};
  std::uint32_t asked_steps_{4'096};
};

}  // namespace ph::live_node
