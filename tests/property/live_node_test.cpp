// Random asks at a node that dies, starts again and takes snapshots, while days are brought and
// sealed: nothing is told that isn't durable, an intent has one answer for ever and is there
// exactly once, and whatever the journal holds replays to the same state.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <map>
#include <ostream>

#include "node/node.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "tests/support/small_world.h"

namespace ph::test {
namespace PH_FILE {

constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);
constexpr Participant kHome{1};
constexpr Participant kShop{102};
constexpr Participant kAir{101};
constexpr std::int64_t kOpened = 1'000;  // points of each member

struct Step {
  std::uint8_t what{};
  std::uint8_t kind{};
  std::uint8_t which{};
  std::uint8_t points{};
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << int{step.what} << "," << int{step.kind} << "," << int{step.which} << ","
             << int{step.points} << "}";
}
rc::Gen<Step> any_step() {
  using rc::gen::inRange;
  return rc::gen::build<Step>(rc::gen::set(&Step::what, inRange<std::uint8_t>(0, 32)),
                              rc::gen::set(&Step::kind, inRange<std::uint8_t>(0, 9)),
                              rc::gen::set(&Step::which, inRange<std::uint8_t>(0, 255)),
                              rc::gen::set(&Step::points, inRange<std::uint8_t>(1, 200)));
}

class Port final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    RC_ASSERT(wire::decode(bytes, message) == wire::DecodeFault::kNone);
    if (const auto* answer = std::get_if<Answer>(&message)) {
      answers.push_back(*answer);
    }
    return true;
  }
  void reconnect() override {}
  std::vector<Answer> answers{};
};

// What is left of the points by the definite answers alone.
std::int64_t effect_of(const Ask& ask) {
  switch (ask.kind) {
    case AskKind::kRedeem:
    case AskKind::kCapture:
    case AskKind::kExchangeOut:
    case AskKind::kReversal:
      return -ask.points;
    case AskKind::kAccrual:
    case AskKind::kExchangeIn:
    case AskKind::kRefund:
      return ask.points;
    case AskKind::kHold:
    case AskKind::kVoid:
    case AskKind::kMove:
      return 0;
  }
  return 0;
}

class Play {
 public:
  Play() {
    start();
    bring(rulebook_text());
    bring(opening_text(1));
    commit();
  }

  void play(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      take(step);
    }
    finish();
  }

 private:
  struct Intent {
    Ask ask{};
    std::optional<Answer> answer{};  // the definite one
  };

  void take(const Step& step) {
    if (step.what < 14) {
      intents_.push_back({.ask = make(step)});
      ask(intents_.size() - 1);
    } else if (step.what < 19) {
      if (!intents_.empty()) {
        ask(step.which % intents_.size());
      }
    } else if (step.what < 23) {
      commit();
    } else if (step.what < 25) {
      restart();
    } else if (step.what < 26) {
      commit();
      if (!node_->province().between()) {
        node_->put_snapshot_into(*storage_->snapshots);
        node_->snapshot_taken(node_->last_block());
      }
    } else if (step.what < 29) {
      const bool far = step.kind % 3 == 0;
      now_ =
          far ? end_of(now_.date()).plus_seconds(step.points) : now_.plus_seconds(step.which * 90);
    } else if (step.what < 31) {
      (void)node_->post_slice(now_);
      (void)node_->seal_due(now_, [] { return true; });
      commit();
    } else {
      bring_day();
    }
  }

  Ask make(const Step& step) {
    const auto kind = static_cast<AskKind>(static_cast<int>(AskKind::kRedeem) + step.kind);
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    const bool exchange = kind == AskKind::kExchangeIn || kind == AskKind::kExchangeOut;
    Ask ask{.kind = kind,
            .form = goods ? Form::kMerchant : Form::kNone,
            .final = kind == AskKind::kCapture && step.which % 3 == 0,
            .id = id("i" + std::to_string(intents_.size())),
            .member = Member::make(kHome, 1 + step.which % 2),
            .partner = exchange ? kAir : kShop,
            .rate = exchange ? 1U : 0U,
            .seconds = kind == AskKind::kHold ? 1U + step.which * 300U : 0U,
            .points = kind == AskKind::kVoid ? 0 : step.points,
            .units = exchange ? 1 : 0};
    ask.id.participant = ask.partner;
    cite(ask, step);
    return ask;
  }
  // An earlier intent of the right kind, whatever became of it.
  void cite(Ask& ask, const Step& step) const {
    const auto fits = [&](const Ask& parent) {
      const bool taken = parent.kind == AskKind::kRedeem || parent.kind == AskKind::kCapture ||
                         parent.kind == AskKind::kExchangeOut;
      const bool made = parent.kind == AskKind::kAccrual || parent.kind == AskKind::kExchangeIn;
      return ask.kind == AskKind::kRefund     ? taken
             : ask.kind == AskKind::kReversal ? made
                                              : parent.kind == AskKind::kHold;
    };
    if (ask.kind != AskKind::kCapture && ask.kind != AskKind::kVoid &&
        ask.kind != AskKind::kRefund && ask.kind != AskKind::kReversal) {
      return;
    }
    ask.parent = id("none");
    ask.parent.participant = ask.partner;
    std::size_t passed = step.which % 5;
    for (std::size_t n = intents_.size(); n-- > 0;) {
      const Intent& intent = intents_[n];
      if (fits(intent.ask) && (passed == 0 || n == 0)) {
        ask.parent = intent.ask.id;
        ask.member = intent.ask.member;
        ask.partner = intent.ask.partner;
        ask.id.participant = ask.partner;
        const bool whole =
            intent.ask.kind == AskKind::kExchangeOut || intent.ask.kind == AskKind::kExchangeIn;
        ask.points = whole && ask.points % 4 != 0 ? intent.ask.points : ask.points;
        ask.authorisation = intent.answer ? intent.answer->authorisation : EntryId();
        return;
      }
      passed -= fits(intent.ask) ? 1U : 0U;
    }
  }
  [[nodiscard]] TransactionId id(const std::string& reference) const {
    TransactionId out{.participant = kShop, .date = now_.date()};
    std::memcpy(out.reference.data(), reference.data(), reference.size());
    return out;
  }

  void ask(std::size_t number) {
    node_->on_message(wire::encode(intents_[number].ask), now_, 0, port_);
    RC_ASSERT(port_.answers.empty());
  }

  void commit() {
    node_->commit_live(0, port_);
    for (const Answer& answer : std::exchange(port_.answers, {})) {
      take_answer(answer);
    }
    committed_ = state();
  }
  void take_answer(const Answer& answer) {
    for (Intent& intent : intents_) {
      if (intent.ask.id != answer.id || intent.ask.kind != answer.kind || !answer.definite) {
        continue;
      }
      if (intent.answer) {
        RC_ASSERT(*intent.answer == answer);
      }
      intent.answer = answer;
    }
  }

  void start() {
    storage_.emplace(open_memory_storage(disk_));
    node_ = std::make_unique<ph::Node>(NodeSettings{.code = "P01", .slice_steps = 3}, *storage_,
                                       keys_.of("P01"), keys_.registry());
    node_->recover();
  }
  // What wasn't durable is lost, all else is there.
  void restart() {
    node_.reset();
    disk_.crash();
    start();
    RC_ASSERT(state() == committed_);
  }
  // Empty while something is being posted: then no state is saved.
  [[nodiscard]] std::vector<std::byte> state() const {
    std::vector<std::byte> out;
    if (!node_->province().between()) {
      node_->province().save(
          [&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    }
    return out;
  }

  void bring(const std::string& text) {
    PreparedFile file = prepare_file("file", as_bytes(text), node_->rules(), node_->blobs());
    const IntakeAnswer answer = node_->take_file(file, now_);
    RC_ASSERT(answer.verdict == IntakeVerdict::kAccepted ||
              answer.verdict == IntakeVerdict::kWaiting);
    commit();
  }
  // Bills that earn nothing.
  void bring_day() {
    const auto& open = node_->province().open();
    const auto& sealed = node_->province().sealed();
    const BusinessDate next = open             ? open->taken.date
                              : sealed.empty() ? kFirst
                                               : sealed.back().date.plus_days(1);
    if (next <= now_.date() && !(open && open->has_file)) {
      bring(day_text(1, next, node_->province().next_sequence(), 99));
    }
  }
  void turn() {
    bool more = true;
    while (more) {
      while (node_->post_slice(now_)) {
      }
      more = node_->seal_due(now_, [] { return true; });
    }
  }

  // Everybody asks until the answer is definite; all days are sealed; nothing is there twice.
  void finish() {
    for (int round = 0; round < 3; ++round) {
      now_ = end_of(now_.date()).plus_seconds(6 * 3600);
      turn();
      for (std::size_t n = 0; n < intents_.size(); ++n) {
        ask(n);
      }
      commit();
    }
    now_ = end_of(now_.date()).plus_seconds(40 * 86'400);  // Holds are over, too.
    turn();
    commit();
    std::map<Member, std::int64_t> points{{Member::make(kHome, 1), kOpened},
                                          {Member::make(kHome, 2), kOpened}};
    for (const Intent& intent : intents_) {
      RC_ASSERT(intent.answer.has_value());
      points[intent.ask.member] += intent.answer->code == 0 ? effect_of(intent.ask) : 0;
    }
    const Home& home = node_->province().poster()->home();
    for (const auto& [member, right] : points) {
      const auto balance = home.balance(member, now_.date());
      RC_ASSERT(balance->points - balance->debts == right);
      RC_ASSERT(balance->held == 0);
    }
    restart();
    check_replay();
  }
  // From the first block on, without snapshots.
  void check_replay() {
    Province province("P01", *storage_->blobs);
    CommandLog log(*storage_->journal, 1, &sha256);
    log.replay(0, Digest{}, [&province](const JournalCommand& command, std::uint64_t) {
      province.apply(command);
    });
    std::vector<std::byte> replayed;
    province.save(
        [&replayed](Bytes part) { replayed.insert(replayed.end(), part.begin(), part.end()); });
    RC_ASSERT(!replayed.empty());
    RC_ASSERT(replayed == state());
  }

  static const Keys& keys() {
    static const Keys keys;
    return keys;
  }
  const Keys& keys_ = keys();
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<ph::Node> node_;
  Port port_;
  BusinessTime now_ = BusinessTime::of(kFirst, 8 * 3600);
  std::vector<Intent> intents_;
  std::vector<std::byte> committed_;
};

TEST(LiveNodeProperty, EachIntentHasOneAnswerAndIsThereOnce) {
  EXPECT_TRUE(rc::check("asks", [] {
    Play play;
    play.play(*rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(any_step())));
  }));
}

}  // namespace PH_FILE
}  // namespace ph::test
