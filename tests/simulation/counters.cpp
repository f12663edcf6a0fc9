#include "tests/simulation/counters.h"

#include <algorithm>
#include <cstring>

namespace ph::sim {

namespace {

constexpr std::uint32_t kVisits = 40;  // of a province
constexpr std::int64_t kFirstVisitMs = 14 * kHourMs;
constexpr std::int64_t kQuietDays = 2;  // at the end, for all to be answered

constexpr std::uint8_t kRedeem = 16;
constexpr std::uint8_t kRefund = 20;
constexpr std::uint8_t kMoveOut = 22;
constexpr std::uint8_t kMoveIn = 23;
constexpr std::uint8_t kDelivery = 32;
constexpr std::uint8_t kDeliveryRefund = 33;

// As it stands in a batch: participant, date, reference padded with zeros.
std::string bytes_of(const TransactionId& id) {
  std::string out(28, '\0');
  std::memcpy(out.data(), &id, out.size());
  return out;
}

std::string name_of(const TransactionId& id) {
  return std::to_string(id.participant.number()) + "/" + id.date.compact_text() + "/" +
         std::string(id.reference_text());
}

// A record of a batch, as far as a counter knows what it has to be.
std::string record_text(Participant sender, std::uint8_t kind, const std::string& id,
                        Participant other, Member member, std::int64_t points,
                        std::uint64_t authorisation) {
  std::string name(id);
  std::ranges::replace(name, '\0', '.');
  return std::to_string(sender.number()) + " kind " + std::to_string(kind) + " of " + name +
         " with " + std::to_string(other.number()) + ", " + member.text() + ", " +
         std::to_string(points) + " points, " + std::to_string(authorisation);
}

}  // namespace

Counters::Counters(const World& world, const Faults& faults, Cluster& cluster)
    : world_(world), faults_(faults), cluster_(cluster), random_(world.seed ^ 0xC0'47E4U) {}

bool Counters::over() const {
  return cluster_.schedule().now_ms() >= (world_.days - kQuietDays) * kDayMs;
}

void Counters::plan() {
  cluster_.schedule().watch([this] { audit_instant(); });
  // On the last day everything is decided: what is decided behind it is in no batch of this world.
  cluster_.schedule().at((world_.days - 1) * kDayMs + 8 * kHourMs, [this] { cluster_.calm(); });
  beat();
  const std::int64_t until = (world_.days - kQuietDays) * kDayMs;
  for (std::size_t province = 0; province < world_.provinces.size(); ++province) {
    for (std::uint32_t n = 0; n < kVisits; ++n) {
      std::int64_t at =
          kFirstVisitMs + random_.below(static_cast<std::uint32_t>(until - kFirstVisitMs));
      if (chance(40)) {  // Around midnight two days are open.
        at = at / kDayMs * kDayMs + random_.below(6 * kHourMs);
      }
      cluster_.schedule().at(std::max(at, kFirstVisitMs), [this, province] { visit(province); });
    }
  }
}

// A node at rest has turns seldom, to make runs short: while somebody waits for an answer, all send
// their heartbeats, lest the clearing takes them for silent.
void Counters::beat() {
  bool waits = false;
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    waits = waits ||
            (cluster_.host(n).alive() && cluster_.node(n).province().intents().pending_count() > 0);
  }
  for (std::size_t n = 0; waits && n < world_.provinces.size(); ++n) {
    cluster_.node_host(n).beat();
  }
  cluster_.schedule().after(waits ? 5 * kSecondMs : kMinuteMs, [this] { beat(); });
}

void Counters::visit(std::size_t province) {
  const auto provinces = static_cast<std::uint32_t>(world_.provinces.size());
  const std::size_t home = chance(25) ? province : random_.below(provinces);
  const Member member =
      Member::make(world_.provinces[home].number, random_.between(1, kMembersAtHome));
  const AskKind kind = chance(15) ? AskKind::kMove : chance(50) ? AskKind::kRedeem : AskKind::kHold;
  const std::int64_t points = kind == AskKind::kMove ? 0 : random_.between(1, 120);
  attempt(request(province, kind, member, points));
}

Counters::RequestPtr Counters::request(std::size_t province, AskKind kind, Member member,
                                       std::int64_t points) {
  const auto made = std::make_shared<Request>();
  made->province = province;
  made->member = member;
  Ask& ask = made->intent.ask;
  ask.kind = kind;
  const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
  ask.form = goods ? Form::kPhoneCredit : Form::kNone;
  ask.member = member;
  ask.points = points;
  ask.seconds = kind == AskKind::kHold ? random_.between(60, 3'600) : 0;
  const std::string reference = "c" + std::to_string(requests_.size() + 1);
  ask.id.participant = world_.provinces[province].number;
  ask.id.date = world_.first.plus_days(static_cast<int>(cluster_.schedule().now_ms() / kDayMs));
  std::memcpy(ask.id.reference.data(), reference.data(), reference.size());
  requests_.push_back(made);
  return made;
}

// What its own node says of it, if anybody hears it.
void Counters::attempt(const RequestPtr& request) {
  const auto answer = cluster_.node_host(request->province).ask(request->intent);
  const bool lost = random_.below(1'000) < faults_.lost;
  if (!answer || lost) {
    again(request, 1 + random_.below(2 * kMinuteMs));
    return;
  }
  settle(request, *answer);
}

void Counters::again(const RequestPtr& request, std::int64_t after_ms) {
  cluster_.schedule().after(after_ms, [this, request] { attempt(request); });
}

void Counters::settle(const RequestPtr& request, const CounterAnswer& answer) {
  const std::string name = name_of(request->intent.ask.id);
  cluster_.trace()([&] {
    return "counter: " + std::string(word(request->intent.ask.kind)) + " " + name + ": " +
           (answer.pending ? "pending" : std::to_string(answer.answer.code)) +
           (answer.answer.definite ? "" : ", not definite");
  });
  if (!answer.answer.definite) {
    must(!request->answer, name + " was decided, and isn't any more");
    must(!request->taken || answer.pending, name + " was taken, and isn't any more");
    request->taken = request->taken || answer.pending;
    request->switched_off = request->taken && chance(20);
    if (!request->switched_off) {
      again(request, 1 + random_.below(answer.pending ? 10 * kMinuteMs : kMinuteMs));
    }
    return;
  }
  const bool first = !request->answer;
  if (first) {
    request->answer = answer.answer;
  }
  Answer same = answer.answer;  // What it says to people may differ.
  same.detail = request->answer->detail;
  must(same == *request->answer, name + " was answered in two ways");
  if (chance(first ? 60 : 30)) {
    again(request, 1 + random_.below(12 * kHourMs));
  }
  if (first && same.code == 0 && !over()) {
    follow(request);
  }
}

// What comes of a hold, and of goods that are brought back.
void Counters::follow(const RequestPtr& done) {
  const Ask& ask = done->intent.ask;
  const auto next = [&](AskKind kind, std::int64_t points, bool final) {
    const RequestPtr made = request(done->province, kind, done->member, points);
    made->intent.ask.parent = ask.id;
    made->intent.ask.final = final;
    if (kind == AskKind::kCapture || kind == AskKind::kVoid) {
      made->intent.ask.member = Member();
    }
    again(made, 1 + random_.below(chance(80) ? 5 * kMinuteMs : 90 * kMinuteMs));
  };
  if (ask.kind == AskKind::kHold) {
    const auto part =
        std::max<std::int64_t>(1, random_.below(static_cast<std::uint32_t>(ask.points + 1)));
    if (chance(15)) {
      next(AskKind::kVoid, 0, false);
    } else {
      next(AskKind::kCapture, part, chance(50));
    }
    if (chance(30)) {
      next(AskKind::kCapture, std::max<std::int64_t>(1, ask.points - part), true);
    }
  } else if ((ask.kind == AskKind::kRedeem || ask.kind == AskKind::kCapture) && chance(40)) {
    next(AskKind::kRefund, random_.between(1, static_cast<std::uint32_t>(ask.points)), false);
  }
}

std::uint64_t Counters::done() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      requests_, [](const RequestPtr& one) { return one->answer && one->answer->code == 0; }));
}

std::uint64_t Counters::moved() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(requests_, [](const RequestPtr& one) {
    return one->intent.ask.kind == AskKind::kMove && one->answer && one->answer->code == 0;
  }));
}

// --- at each instant -----------------------------------------------------------------------------

void Counters::audit_instant() const {
  bool all_alive = true;
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    const bool alive = cluster_.host(n).alive();
    all_alive = all_alive && alive && cluster_.node(n).province().opening();
  }
  try {
    for (const Party& party : world_.provinces) {
      for (std::uint32_t serial = 1; serial <= kMembersAtHome; ++serial) {
        audit_member(Member::make(party.number, serial), all_alive);
      }
    }
  } catch (const Failed&) {
    if (all_current()) {
      throw;
    }
  }
}

// No process is behind its journal, as the one that it has replaced could still append: it is
// fenced off before it makes anything durable or says so.
bool Counters::all_current() const {
  try {
    for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
      if (cluster_.host(n).alive()) {
        cluster_.node(n).check_not_replaced();
      }
    }
  } catch (const Fenced&) {
    return false;
  }
  return true;
}

// What a process has decided and not made durable yet is gone with it, and nobody was told.
void Counters::audit_member(Member member, bool all_alive) const {
  std::size_t homes = 0;
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    const DayPoster* poster =
        cluster_.host(n).alive() ? cluster_.node(n).province().poster() : nullptr;
    const auto state = poster == nullptr ? std::nullopt : poster->home().state_of(member);
    homes += state == MemberState::kHome ? 1U : 0U;
    if (state == MemberState::kMoved && poster->home().balance(member, world_.first)->points != 0) {
      throw Failed(member.text() + " has left " + world_.provinces[n].code +
                   ", and points of his have not");
    }
  }
  if (homes > 1) {
    throw Failed(member.text() + " is at home at two nodes");
  }
  if (homes == 0 && all_alive && !is_in_an_answer(member)) {
    throw Failed(member.text() + " is at home nowhere, and in no answer");
  }
}

// A node that he moves to waits for the answer, which another one gives for ever.
bool Counters::is_in_an_answer(Member member) const {
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    for (const IntentRecord* intent : cluster_.node(n).province().intents().pending()) {
      const EntryKey key{.class_ = EntryClass::kMoveOut, .id = intent->id};
      for (std::size_t other = 0; other < world_.provinces.size(); ++other) {
        const auto answer = cluster_.node(other).province().poster()->home().first_answer(key);
        if (intent->kind == AskKind::kMove && intent->member == member && other != n && answer &&
            answer->code == 0) {
          return true;
        }
      }
    }
  }
  return false;
}

// --- at the end ----------------------------------------------------------------------------------

void Counters::audit() {
  records_.clear();
  points_.clear();
  for (const RequestPtr& request : requests_) {
    audit_request(*request);
    expect_record(*request);
  }
  audit_batches();
  audit_points();
}

// Also what nobody asked again: the node has asked by itself.
void Counters::audit_request(Request& request) {
  const std::string name = name_of(request.intent.ask.id);
  const auto known = cluster_.node(request.province).look_up(request.intent.ask.id);
  if (!request.answer) {
    must(request.taken, name + " was never answered nor taken in two days");
    must(known && known->second.answer.definite,
         name + " was taken, and has no answer two days later");
    request.answer = known->second.answer;
    return;
  }
  const std::uint8_t code = request.answer->code;
  const bool unrecorded = code == static_cast<std::uint8_t>(ReturnCode::kInvalid) ||
                          code == static_cast<std::uint8_t>(AskCode::kTooOld);
  must(unrecorded || (known && known->second.answer.definite && known->second.answer.code == code &&
                      known->second.answer.authorisation == request.answer->authorisation),
       name + " was answered, and its node knows it otherwise");
}

void Counters::expect_record(const Request& request) {
  const Ask& ask = request.intent.ask;
  const Answer& answer = *request.answer;
  const bool goods = ask.kind == AskKind::kRedeem || ask.kind == AskKind::kCapture;
  const bool move = ask.kind == AskKind::kMove;
  if (answer.code != 0 || (!goods && !move && ask.kind != AskKind::kRefund)) {
    return;
  }
  const Participant giver = world_.provinces[request.province].number;
  const Participant home = answer.home;
  const std::string id = bytes_of(ask.id);
  if (move) {
    ++records_[record_text(home, kMoveOut, id, giver, request.member, answer.points, 0)];
    ++records_[record_text(giver, kMoveIn, id, home, request.member, answer.points, 0)];
    return;
  }
  const std::uint64_t code = goods ? answer.authorisation.packed() : 0;
  ++records_[record_text(home, goods ? kRedeem : kRefund, id, giver, request.member, ask.points,
                         code)];
  if (giver != home) {
    ++records_[record_text(giver, goods ? kDelivery : kDeliveryRefund, id, home, request.member,
                           ask.points, code)];
  }
  points_[request.member] += goods ? -ask.points : ask.points;
}

void Counters::take_record(const RawBatch& batch, const RawItem& item) {
  const std::string text =
      record_text(Participant(batch.sender), item.kind, item.id, Participant(item.counterparty),
                  Member(item.member), item.points, item.authorisation);
  const auto found = records_.find(text);
  must(found != records_.end(), "a batch holds what no counter was told: " + text);
  must(--found->second >= 0, "a batch holds it twice: " + text);
  std::int64_t changed = 0;
  for (const RawSlice& slice : item.slices) {
    changed += slice.delta;
  }
  const bool leave = item.kind == kRedeem || item.kind == kMoveOut;
  const bool come = item.kind == kRefund || item.kind == kMoveIn;
  const std::int64_t sign = leave ? -1 : come ? 1 : 0;
  must(changed == sign * item.points, "slices aren't those of their item: " + text);
}

// Everything that was said to be done, once on each side; and nothing else.
void Counters::audit_batches() {
  for (const Party& party : world_.provinces) {
    const SenderState* state = std::as_const(cluster_.clearing()).house().sender(party.number);
    must(state != nullptr && state->last() == party.days.size(), party.code + " lacks days");
    for (const TakenBatch& taken : state->batches) {
      const auto blob = cluster_.clearing().blobs().get(taken.taken.blob, true);
      must(blob.has_value() && taken.returned.empty(), party.code + "'s batch is taken whole");
      const RawBatch batch = read_raw_batch(blob->bytes());
      for (const RawItem& item : batch.items) {
        take_record(batch, item);
      }
      for (const RawMovement& movement : batch.movements) {
        must(movement.kind == 1, "points are earned by files, and do nothing else");
        points_[Member(movement.member)] += movement.slice.delta;
      }
    }
  }
  for (const auto& [text, left] : records_) {
    must(left == 0, "it was done, and no batch holds it: " + text);
  }
}

std::size_t Counters::home_of(Member member) const {
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    const Home& home = cluster_.node(n).province().poster()->home();
    if (home.state_of(member) == MemberState::kHome) {
      return n;
    }
  }
  throw Failed(member.text() + " is at home nowhere");
}

void Counters::audit_points() const {
  std::map<Member, std::int64_t> opened;
  for (const std::string& file : world_.openings) {
    for (std::size_t at = file.find("\nLOT,"); at != std::string::npos;
         at = file.find("\nLOT,", at + 1)) {
      const std::string row = file.substr(at + 1, file.find('\n', at + 1) - at - 1);
      const std::size_t member = row.find(',', row.find(',') + 1) + 1;
      opened[*Member::parse(row.substr(member, 14))] += std::stoll(row.substr(row.rfind(',') + 1));
    }
  }
  for (const auto& [member, points] : opened) {
    const Node& node = cluster_.node(home_of(member));
    const auto balance =
        node.province().poster()->home().balance(member, world_.date_of(world_.days));
    const auto changed = points_.find(member);
    const std::int64_t left = points + (changed == points_.end() ? 0 : changed->second);
    must(balance && balance->points == left && balance->held == 0 && left >= 0,
         member.text() + " has " + (balance ? std::to_string(balance->points) : "nothing") + ", " +
             (balance ? std::to_string(balance->held) : "none") + " of them held, and not " +
             std::to_string(left));
  }
}

namespace {

// The last period's suspense; what else the processes do is their own tests' affair.
class Suspense final : public Watch {
 public:
  void node_sent(std::size_t, const Message&) override {}
  void clearing_sent(std::size_t, const Message&) override {}
  void file_answered(const DroppedFile& file, const IntakeAnswer& answer) override {
    must(answer.verdict != IntakeVerdict::kRefused || file.fate == FileFate::kTorn ||
             file.fate == FileFate::kAltered,
         file.name + " was refused");
  }
  void period_closed(const ClosedPeriod& closed, Clearing& clearing) override {
    const ClearingHouse& house = std::as_const(clearing).house();
    last_ = texts_of(closed, house.settlement().books(), house.rules()).suspense;
  }
  void node_started(std::size_t, const Node&) override {}
  void clearing_started(const Clearing&) override {}

  // A line of names alone: everything has found its other side.
  void check_empty() const {
    must(std::ranges::count(last_, '\n') == 1, "something waits for its other side:\n" + last_);
  }

 private:
  std::string last_{};
};

}  // namespace

RunOutcome run_live_seed(std::uint64_t seed, bool trace, LiveCounts& counts) {
  RunOutcome out;
  const World world = make_live_world(seed);
  const Faults faults = draw_faults(seed);
  try {
    Suspense suspense;
    Cluster cluster(world, faults, Bug::kNone, suspense, trace);
    Counters counters(world, faults, cluster);
    counters.plan();
    cluster.run();
    cluster.close_next_period();
    suspense.check_empty();
    counters.audit();
    cluster.restart_all();
    counters.audit();
    counts.done += counters.done();
    counts.moved += counters.moved();
    out.counts = cluster.counts();
  } catch (const std::exception& failure) {
    out.failure = failure.what();
  }
  return out;
}

}  // namespace ph::sim
