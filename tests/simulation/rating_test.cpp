// Thirty-one provinces send their scores over a network that loses, doubles and delays, to a
// clearing that dies again and again, also between any two steps of its disk: every one of them
// hears the thresholds of all units, signed, and the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/generate/random.h"
#include "clearing/clearing.h"
#include "core/batch/seal.h"
#include "core/programme/histogram_bytes.h"
#include "core/programme/level.h"
#include "node/score_sender.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "platform/wire/thresholds.h"
#include "tests/support/small_world.h"
#include "tests/support/star_programme.h"

namespace ph {
namespace PH_FILE {

using programme::Histogram;
using programme::HistogramBuilder;

constexpr int kProvinces = 31;
constexpr std::int64_t kTurnMs = 100;
constexpr std::int64_t kEndMs = 3'600'000;  // All is there long before.
const RatingKey kKey{"star", *Month::parse("2026-03")};
const BusinessTime kNow = BusinessTime::of(BusinessDate::of(2026, 4, 5), 0);

struct Died {};

std::string code_of(int province) {
  return (province < 10 ? "P0" : "P") + std::to_string(province);
}

// Everybody's keys are random, and made once: nothing that is decided depends on them.
struct KeyRing31 {
  KeyRing31() : registry("CLR", BusinessDate::of(2026, 1, 1)) {
    add("CLR", KeyRole::kClearing, 202601);
    for (int n = 1; n <= kProvinces; ++n) {
      add(code_of(n), KeyRole::kSender, 1);
    }
  }
  void add(const std::string& code, KeyRole role, std::uint32_t from) {
    SecretKey key = SecretKey::generate(role, code);
    check(!registry.add({.participant = code, .key = key.open().key, .from = from, .to = {}},
                        BusinessDate::of(2026, 1, 1)),
          "a fresh key can be added");
    keys.emplace(code, std::move(key));
  }
  static const KeyRing31& shared() {
    static const KeyRing31 kMade;
    return kMade;
  }
  std::map<std::string, SecretKey> keys;
  KeyRegistry registry;
};

std::string rulebook() {
  std::vector<std::string> rows;
  for (int n = 1; n <= kProvinces; ++n) {
    rows.push_back("PARTICIPANT," + code_of(n) + "," + std::to_string(n) + ",PROVINCE,省,Province");
  }
  rows.emplace_back("PARTICIPANT,CLR,100,CLEARING,清算,Clearing");
  return test::file_text("POINTHOUSE,RULEBOOK,1,CLR,2026-01-01,0", rows, 0, 0);
}

class Province final : public UplinkPort {
 public:
  Province(int number, ScoresToSend scores,
           std::vector<std::pair<int, std::vector<std::byte>>>& out)
      : number_(number), scores_(std::move(scores)), out_(out) {
    start();
  }
  // Its process: what it sends is the same bytes, computed anew.
  void start() {
    const KeyRing31& ring = KeyRing31::shared();
    sender_ = std::make_unique<ScoreSender>(ScoreSenderSettings{.part_bytes = 700}, "CLR",
                                            ring.keys.at(code_of(number_)), ring.registry,
                                            [] { return 1U; });
    sender_->send(scores_);
  }
  void send_again() { sender_->send(scores_); }
  bool send(const std::vector<std::byte>& message) override {
    out_.emplace_back(number_, message);
    return true;
  }
  void reconnect() override {}
  [[nodiscard]] ScoreSender& sender() { return *sender_; }

 private:
  int number_;
  ScoresToSend scores_;
  std::vector<std::pair<int, std::vector<std::byte>>>& out_;
  std::unique_ptr<ScoreSender> sender_;
};

class RatingWorld final : public ExchangePort {
 public:
  // `step`: the clearing dies before this step of its disk, counted from the rating's opening, and
  // after the next one; 0: only by chance.
  RatingWorld(std::uint64_t seed, std::uint64_t step) : random_(seed), die_at_(step) {
    make_provinces();
    boot();
    prepare();
    disk_.set_hook([this](const DiskStep&, DiskMoment) {
      if (die_at_ > 0 && ++steps_ == die_at_) {
        throw Died{};
      }
    });
  }

  void run() {
    while (now_ms_ < kEndMs && !done()) {
      now_ms_ += kTurnMs;
      guarded([this] { turn(); });
    }
    ASSERT_TRUE(done()) << "after " << now_ms_ << " ms";
  }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] std::uint64_t deaths() const { return deaths_; }

  // What everybody heard.
  [[nodiscard]] std::set<std::string> heard() {
    std::set<std::string> out;
    for (auto& province : provinces_) {
      const wire::Thresholds* one = province->sender().thresholds({kKey.grading, kKey.month});
      out.insert(one == nullptr ? "nothing" : one->text + one->signature);
    }
    return out;
  }
  [[nodiscard]] std::string expected() {
    const auto rules = clearing_->house().rating_book().rules_of(kKey);
    wire::ThresholdsText out{.clearing = "CLR",
                             .grading = "star",
                             .month = kKey.month,
                             .programme = sha256(as_bytes(test::star_programme())),
                             .units = all_.units(),
                             .scale = 10};
    for (const auto& cut : programme::cuts_of(all_, *rules->grading, 10)) {
      out.cuts.push_back({rules->grading->levels.at(cut.level).name, cut.percent, cut.rank,
                          cut.score, cut.threshold});
    }
    return wire::thresholds_text(out);
  }
  [[nodiscard]] std::string published() {
    return clearing_->house().rating_book().find(kKey)->thresholds;
  }
  [[nodiscard]] std::size_t commands(ClearingCommand kind) {
    std::size_t count = 0;
    CommandLog log(*storage_->journal, 1, &sha256);
    log.replay(0, {}, [&](const JournalCommand& command, std::uint64_t) {
      count += command.kind == static_cast<std::uint16_t>(kind) ? 1U : 0U;
    });
    return count;
  }

  bool send(const Peer& to, const std::vector<std::byte>& message) override {
    post(std::stoi(to.route), message, false);
    return true;
  }

 private:
  struct Letter {
    int province{};
    bool to_clearing{};
    std::vector<std::byte> bytes{};
  };

  void make_provinces() {
    HistogramBuilder all;
    for (int n = 1; n <= kProvinces; ++n) {
      HistogramBuilder own;
      for (std::uint32_t left = random_.below(200); left > 0; --left) {
        const std::uint64_t score = random_.below(5'000);
        own.add(score);
        all.add(score);
      }
      const Digest programme = sha256(as_bytes(test::star_programme()));
      provinces_.push_back(std::make_unique<Province>(
          n,
          ScoresToSend{.grading = "star",
                       .month = kKey.month,
                       .programme = programme,
                       .revision = 1,
                       .bytes = programme::histogram_bytes(
                           {.province = Participant(static_cast<std::uint16_t>(n)),
                            .grading = "star",
                            .month = kKey.month,
                            .scale = 10,
                            .programme = programme,
                            .revision = 1},
                           std::move(own).build())},
          sent_));
    }
    all_ = std::move(all).build();
    late_ = static_cast<int>(random_.below(kProvinces));
  }

  void boot() {
    clearing_.reset();
    disk_.crash();
    storage_.emplace(open_memory_storage(disk_));
    clearing_ = std::make_unique<Clearing>(
        ClearingSettings{}, *storage_, KeyRing31::shared().keys.at("CLR"),
        KeyRing31::shared().registry, [](const ClosedPeriod&) {});
    clearing_->recover();
  }
  template <class F>
  void guarded(F act) {
    try {
      act();
    } catch (const Died&) {
      ++deaths_;
      letters_.clear();  // Its connections are gone.
      boot();
    }
  }

  void take(const std::string& name, const std::string& text) {
    const PreparedFile file =
        prepare_file(name, as_bytes(text), clearing_->rules(), clearing_->blobs());
    ASSERT_EQ(clearing_->take_file(file, kNow).verdict, IntakeVerdict::kAccepted) << text;
  }
  // Files, and a batch of each province, so that it has a key that counts.
  void prepare() {
    take("rules", rulebook());
    take("calendar", test::calendar_text());
    take("stars.toml", test::star_programme());
    for (int n = 1; n <= kProvinces; ++n) {
      take("opening",
           test::file_text("POINTHOUSE,OPENING_LOTS,1," + code_of(n) + ",2026-03-01,0", {}, 0, 0));
      const OwnedBatch batch = seal({.sender = Participant(static_cast<std::uint16_t>(n)),
                                     .date = BusinessDate::of(2026, 3, 1),
                                     .sequence = 1},
                                    {}, {}, {}, &sha256);
      const Digest digest = batch.view().digest;
      const Peer peer{code_of(n), std::to_string(n)};
      const Bytes bytes = batch.bytes();
      const wire::Offer offer{.sequence = 1,
                              .date = BusinessDate::of(2026, 3, 1),
                              .size = bytes.size(),
                              .digest = digest,
                              .signature = signature_line(
                                  KeyRing31::shared().keys.at(code_of(n)).sign("BATCH", digest))};
      clearing_->on_message(peer, wire::encode(offer), kNow, 0, *this);
      clearing_->on_message(
          peer,
          wire::encode(
              wire::Chunk{.sequence = 1, .digest = digest, .bytes = {bytes.begin(), bytes.end()}}),
          kNow, 0, *this);
      ASSERT_EQ(clearing_->house().sender(Participant(static_cast<std::uint16_t>(n)))->last(), 1U);
    }
    letters_.clear();
    ASSERT_TRUE(clearing_->open_rating(kKey, {}, kNow).opened);
  }

  // A message on its way: lost, doubled, later than others.
  void post(int province, const std::vector<std::byte>& bytes, bool to_clearing) {
    if (random_.below(100) < 20) {
      return;
    }
    for (int copies = random_.below(100) < 10 ? 2 : 1; copies > 0; --copies) {
      letters_.emplace(now_ms_ + 1 + random_.below(2'000), Letter{province, to_clearing, bytes});
    }
  }

  void turn() {
    if (random_.below(2'000) == 0) {
      throw Died{};
    }
    for (int n = 0; n < kProvinces; ++n) {
      Province& province = *provinces_[static_cast<std::size_t>(n)];
      if (n == late_ && now_ms_ < 600'000) {
        continue;  // Long after all others.
      }
      if (random_.below(5'000) == 0) {
        province.start();
      } else if (random_.below(5'000) == 0) {
        province.send_again();
      }
      if (now_ms_ % 5'000 == 0) {
        const BusinessTime now = kNow;
        province.send(wire::encode(wire::Heartbeat{.at = now.seconds(), .speaks = 1}));
      }
      province.sender().tick(now_ms_, province);
    }
    for (const auto& [province, bytes] : std::exchange(sent_, {})) {
      post(province, bytes, true);
    }
    while (!letters_.empty() && letters_.begin()->first <= now_ms_) {
      const Letter letter = std::move(letters_.extract(letters_.begin()).mapped());
      deliver(letter);
    }
    clearing_->tick(kNow, now_ms_, *this);
  }
  void deliver(const Letter& letter) {
    Province& province = *provinces_[static_cast<std::size_t>(letter.province - 1)];
    if (letter.to_clearing) {
      clearing_->on_message({code_of(letter.province), std::to_string(letter.province)},
                            letter.bytes, kNow, now_ms_, *this);
      return;
    }
    wire::Message message;
    ASSERT_EQ(wire::decode(letter.bytes, message), wire::DecodeFault::kNone);
    province.sender().on_message(message, now_ms_, province);
  }
  [[nodiscard]] bool done() {
    return std::ranges::all_of(provinces_, [](auto& province) {
      return province->sender().thresholds({kKey.grading, kKey.month}) != nullptr;
    });
  }

  generate::Random random_;
  std::uint64_t die_at_;
  std::uint64_t steps_{0};
  std::uint64_t deaths_{0};
  std::int64_t now_ms_{0};
  int late_{0};
  Histogram all_;
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<Clearing> clearing_;
  std::vector<std::pair<int, std::vector<std::byte>>> sent_;
  std::vector<std::unique_ptr<Province>> provinces_;
  std::multimap<std::int64_t, Letter> letters_;
};

std::uint64_t seeds() {
  const char* asked = std::getenv("PH_SEEDS");  // NOLINT(concurrency-mt-unsafe)
  return asked == nullptr ? 20 : std::max(1ULL, std::strtoull(asked, nullptr, 10) / 15);
}

void check_world(RatingWorld& world, std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  world.run();
  EXPECT_EQ(world.published(), world.expected());
  EXPECT_EQ(world.heard().size(), 1U);
  EXPECT_EQ(world.heard().begin()->find(world.expected()), 0U);
  EXPECT_EQ(world.commands(ClearingCommand::kScores), static_cast<std::size_t>(kProvinces));
  EXPECT_EQ(world.commands(ClearingCommand::kThresholds), 1U);
}

TEST(RatingSimulation, EverybodyHearsTheThresholdsOfAllUnits) {
  std::uint64_t deaths = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    RatingWorld world(seed, 0);
    check_world(world, seed);
    deaths += world.deaths();
  }
  EXPECT_GT(deaths, 0U);
}

// Every step that is asked of the disk between the opening and the thresholds, before and after it.
TEST(RatingSimulation, ADeathBetweenAnyTwoStepsOfTheDiskChangesNothing) {
  constexpr std::uint64_t kSeed = 77;
  for (std::uint64_t step = 1; step < 1'000; ++step) {
    RatingWorld world(kSeed, step);
    check_world(world, step);
    if (world.steps() < step) {
      EXPECT_GT(step, 2U * kProvinces);
      return;
    }
  }
  FAIL() << "there are no more than so many steps";
}

}  // namespace PH_FILE
}  // namespace ph
