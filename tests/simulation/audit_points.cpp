// The auditor's own accounts of points: every lot and debt from the openings and the batches' bytes
// alone, held against the world's intent, the homes and the clearing's ledgers.
#include <algorithm>
#include <sstream>

#include "tests/simulation/auditor.h"

namespace ph::sim {

namespace {

constexpr std::uint8_t kMovedAccount = 5;

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string name_of(Participant home, LotId lot) {
  return "lot " + std::to_string(lot.participant().number()) + "/" + lot.date().compact_text() +
         "/" + std::to_string(lot.number()) + " at home " + std::to_string(home.number());
}

template <class Key, class Difference>
void must_equal(const std::map<Key, std::int64_t>& a, const std::map<Key, std::int64_t>& b,
                Difference difference) {
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    if (other == b.end() || other->second != value) {
      difference(key, value, other == b.end() ? 0 : other->second);
    }
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) {
      difference(key, 0, value);
    }
  }
}

}  // namespace

void Auditor::read_openings() {
  std::map<std::string, Participant> numbers;
  for (const Party& party : world_.provinces) {
    numbers[party.code] = party.number;
  }
  for (std::size_t n = 0; n < world_.openings.size(); ++n) {
    const Participant home = world_.provinces[n].number;
    std::istringstream text(world_.openings[n]);
    for (std::string line; std::getline(text, line);) {
      const std::vector<std::string> row = fields_of(line);
      if (row[0] == "MEMBER") {
        members_.insert(std::stoull(row[1]));
      } else if (row[0] == "LOT") {
        const std::size_t slash = row[1].find('/');
        const LotId lot(numbers.at(row[1].substr(0, slash)),
                        BusinessDate::parse_compact(row[1].substr(slash + 1, 8)).value(),
                        static_cast<std::uint32_t>(std::stoul(row[1].substr(slash + 10))));
        points_.originals[{home, lot}] = std::stoll(row[7]);
        points_.lots[{home, lot}] = std::stoll(row[8]);
        points_.opening[lot.participant().number()] += std::stoll(row[8]);
      } else if (row[0] == "DEBT") {
        const Participant issuer = numbers.at(row[2]);
        points_.debts[{home, Member(std::stoull(row[1])), issuer}] += std::stoll(row[3]);
        points_.opening[issuer.number()] -= std::stoll(row[3]);
      }
    }
  }
}

void Auditor::add_slice(const RawSlice& slice, std::uint64_t member, std::uint16_t home,
                        Points& points) {
  const Participant at(home);
  if (slice.debt()) {
    points.debts[{at, Member(member), Participant(slice.issuer())}] -= slice.delta;
  } else {
    points.lots[{at, LotId(slice.lot)}] += slice.delta;
    points.originals[{at, LotId(slice.lot)}] = slice.original;
  }
  points.changed[slice.issuer()] += slice.delta;
  if (slice.account == kMovedAccount) {
    points.moved[slice.issuer()] += slice.delta;
  }
}

void Auditor::add_batch(const RawBatch& batch) {
  std::map<std::uint16_t, Advised> advised;
  const auto add = [&](const RawSlice& slice, std::uint64_t member) {
    add_slice(slice, member, batch.sender, points_);
    members_.insert(member);
    if (slice.issuer() != batch.sender) {
      Advised& sums = advised[slice.issuer()];
      must(slice.account >= 1 && slice.account <= 6, "an account of points");
      sums.sums[slice.account - 1U] += slice.delta;
    }
  };
  for (const RawMovement& movement : batch.movements) {
    add(movement.slice, movement.member);
  }
  for (const RawItem& item : batch.items) {
    for (const RawSlice& slice : item.slices) {
      add(slice, item.member);
    }
  }
  for (auto& [issuer, sums] : advised) {
    if (std::ranges::any_of(sums.sums, [](std::int64_t sum) { return sum != 0; })) {
      sums.issuer = issuer;
      sums.home = batch.sender;
      sums.sequence = batch.sequence;
      advised_.push_back(sums);
    }
  }
  // I-2, by the auditor's own accounts.
  for (const auto& [key, remaining] : points_.lots) {
    must(remaining >= 0 && remaining <= points_.originals[key],
         name_of(key.first, key.second) + " has " + std::to_string(remaining) + " points");
  }
}

void Auditor::check_points(Cluster& cluster) {
  std::erase_if(points_.lots, [](const auto& lot) { return lot.second == 0; });
  std::erase_if(points_.debts, [](const auto& debt) { return debt.second == 0; });
  must_equal(points_.lots, world_.lots, [](const auto& key, std::int64_t is, std::int64_t meant) {
    must(false, name_of(key.first, key.second) + " has " + std::to_string(is) +
                    " points by the batches; meant were " + std::to_string(meant));
  });
  must_equal(points_.debts, world_.debts, [](const auto& key, std::int64_t is, std::int64_t meant) {
    must(false, "member " + std::get<1>(key).text() + " owes " + std::to_string(is) +
                    " points by the batches; meant were " + std::to_string(meant));
  });
  std::map<std::uint16_t, std::int64_t> closing;
  for (const auto& [key, remaining] : points_.lots) {
    closing[key.second.participant().number()] += remaining;
  }
  for (const auto& [key, owed] : points_.debts) {
    closing[std::get<2>(key).number()] -= owed;
  }
  for (const Party& party : world_.provinces) {
    const std::uint16_t issuer = party.number.number();
    must(points_.opening[issuer] + points_.changed[issuer] == closing[issuer],
         "points of " + party.code + " were made or lost");
    must(points_.moved[issuer] == 0, "points of " + party.code + " are lost on a move");
  }
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    check_home(cluster.node(n), world_.provinces[n].number);
  }
  for (const SenderBook* book : std::as_const(cluster.clearing()).house().settlement().books()) {
    check_ledger(*book);
  }
}

// The home's members have what the batches say.
void Auditor::check_home(const Node& node, Participant home) const {
  const Home& state = node.province().poster()->home();
  const BusinessDate today = world_.date_of(world_.days);
  std::map<std::pair<Participant, LotId>, std::int64_t> lots;
  std::map<Member, std::int64_t> debts;
  for (const std::uint64_t number : members_) {
    const auto balance = state.balance(Member(number), today);
    if (balance && balance->debts != 0) {
      debts[Member(number)] = balance->debts;
    }
    for (const Lot& lot : state.lots(Member(number))) {
      if (lot.remaining > 0) {
        lots[{home, lot.id}] += lot.remaining;
      }
    }
  }
  std::map<std::pair<Participant, LotId>, std::int64_t> own;
  std::map<Member, std::int64_t> own_debts;
  for (const auto& [key, remaining] : points_.lots) {
    if (key.first == home) {
      own[key] = remaining;
    }
  }
  for (const auto& [key, owed] : points_.debts) {
    if (std::get<0>(key) == home) {
      own_debts[std::get<1>(key)] += owed;
    }
  }
  must_equal(lots, own, [](const auto& key, std::int64_t is, std::int64_t said) {
    must(false, name_of(key.first, key.second) + " has " + std::to_string(is) +
                    " points; the batches say " + std::to_string(said));
  });
  must(debts == own_debts,
       "debts at home " + std::to_string(home.number()) + " are not those of the batches");
}

// The clearing's ledger of lots is what the batches say.
void Auditor::check_ledger(const SenderBook& book) const {
  std::map<std::pair<Participant, LotId>, std::int64_t> lots;
  for (const LotState& lot : book.ledger().lots()) {
    if (lot.remaining != 0) {
      lots[{book.sender(), lot.lot}] = lot.remaining;
    }
  }
  std::map<std::pair<Participant, LotId>, std::int64_t> own;
  for (const auto& [key, remaining] : points_.lots) {
    if (key.first == book.sender()) {
      own[key] = remaining;
    }
  }
  must_equal(lots, own, [](const auto& key, std::int64_t is, std::int64_t said) {
    must(false, name_of(key.first, key.second) + " has " + std::to_string(is) +
                    " points in the clearing's ledger; the batches say " + std::to_string(said));
  });
}

// Every batch that changed an issuer's points at another home has its advice, once; the node of
// the issuer has them all, as they were numbered.
void Auditor::check_advices(Cluster& cluster) const {
  std::vector<Advised> given;
  for (std::size_t n = 0; n < world_.provinces.size(); ++n) {
    const Party& party = world_.provinces[n];
    const auto& advices = std::as_const(cluster.clearing()).house().advices(party.number);
    const auto& kept = cluster.node(n).province().advices();
    must(advices.size() == kept.size(), party.code + " lacks advices");
    for (std::size_t at = 0; at < advices.size(); ++at) {
      const wire::Advice& advice = advices[at];
      must(advice.number == at + 1 && kept[at].number == advice.number &&
               kept[at].home == advice.home && kept[at].sequence == advice.sequence,
           party.code + " keeps other advices than the clearing gave");
      given.push_back({.issuer = party.number.number(),
                       .home = advice.home.number(),
                       .sequence = advice.sequence,
                       .sums = {advice.issued, advice.redeemed, advice.expired, advice.forfeited,
                                advice.moved, advice.repaid}});
    }
  }
  std::vector<Advised> meant = advised_;
  std::ranges::sort(meant);
  std::ranges::sort(given);
  must(given == meant, "the advices aren't those of the batches");
}

}  // namespace ph::sim
