#include "core/match/judge.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/match/pairing.h"
#include "core/pricing/rate.h"
#include "core/types/check.h"

namespace ph {

namespace {

bool is_refund(Kind kind) {
  return kind == Kind::kRefund || kind == Kind::kUnissue;
}

// A home's item that nobody has to answer: the home itself gave the goods.
bool stands_alone(const Record& home) {
  const Item& item = *home.item;
  const bool kind = item.kind == Kind::kRedeem || item.kind == Kind::kRefund;
  return kind && item.partner.none() && item.counterparty == home.sender;
}

SentItem sent(const Record& record) {
  return {.item = record.item, .sender = record.sender};
}

std::vector<std::tuple<std::uint64_t, std::uint8_t, std::int64_t>> moved_points(const Record& r) {
  std::vector<std::tuple<std::uint64_t, std::uint8_t, std::int64_t>> out;
  for (std::uint32_t n = 0; n < r.item->slice_count; ++n) {
    const Slice& slice = r.slices[n];
    const bool out_going = r.item->kind == Kind::kMoveOut;
    out.emplace_back(slice.lot.packed(), static_cast<std::uint8_t>(slice.source),
                     out_going ? -slice.delta : slice.delta);
  }
  std::ranges::sort(out);
  return out;
}

std::int64_t points_of(const Record& record) {
  std::int64_t points = 0;
  for (std::uint32_t n = 0; n < record.item->slice_count; ++n) {
    points += record.slices[n].delta;
  }
  return points;
}

RatedExchange rated(const Item& item, Participant partner) {
  return {.partner = partner,
          .date = item.id.date,
          .version = item.rate_version,
          .points = item.points,
          .units = item.units};
}

// Of a move the lots, else what the items say.
bool amounts_agree(const Record& home, const Record& other) {
  return home.item->kind == Kind::kMoveOut ? moved_points(home) == moved_points(other)
                                           : amounts_agree(*home.item, *other.item);
}

// One pass of judgement over all books.
class Judge {
 public:
  Judge(const std::vector<const SenderBook*>& books, const RuleBook& rules)
      : books_(books), rules_(rules) {}

  Judgement run() {
    collect();
    pair_up();
    judge_first_hand();
    close_not_credited();
    judge_refunds();
    finish();
    return std::move(out_);
  }

 private:
  struct Case {
    const Record* record{};
    std::uint32_t number{};                        // of the record in its book
    std::uint32_t partner_case{FlatIndex::kNone};  // counterpart, in the other list
    std::uint32_t next_same_id{FlatIndex::kNone};
    std::uint32_t transaction{FlatIndex::kNone};  // in out_.settled, when settled with legs
    bool closed{false};                           // out of suspense without legs
    std::int64_t refunded{0};
    bool settled{false};
  };

  void collect() {
    for (const SenderBook* book : books_) {
      std::uint32_t number = 0;
      for (const Record& record : book->records()) {
        if (!record.removed) {
          (is_home_item(*record.item) ? homes_ : others_)
              .push_back({.record = &record, .number = number});
        }
        ++number;
      }
    }
    index(homes_, home_index_);
    index(others_, other_index_);
  }

  static void index(std::vector<Case>& cases, FlatIndex& index) {
    const auto key_at = [&cases](std::uint32_t n) { return cases[n].record->item->id; };
    index.reserve(cases.size());
    for (std::uint32_t n = 0; n < cases.size(); ++n) {
      const std::uint32_t first = index.find(cases[n].record->item->id, key_at);
      if (first == FlatIndex::kNone) {
        index.insert(cases[n].record->item->id, n, key_at);
      } else {
        // Behind the last: a chain keeps the order of senders.
        std::uint32_t last = first;
        while (cases[last].next_same_id != FlatIndex::kNone) {
          last = cases[last].next_same_id;
        }
        cases[last].next_same_id = n;
      }
    }
  }

  [[nodiscard]] std::uint32_t first_of(const std::vector<Case>& cases, const FlatIndex& index,
                                       const TransactionId& id) const {
    return index.find(id, [&cases](std::uint32_t n) { return cases[n].record->item->id; });
  }

  // Those that settled before claim first, then the others by ascending home.
  void pair_up() {
    for (const bool settled_before : {true, false}) {
      for (std::uint32_t n = 0; n < homes_.size(); ++n) {
        if (homes_[n].record->settled == settled_before && !stands_alone(*homes_[n].record)) {
          claim(n);
        }
      }
    }
  }

  void claim(std::uint32_t home) {
    std::uint32_t n = first_of(others_, other_index_, homes_[home].record->item->id);
    for (; n != FlatIndex::kNone; n = others_[n].next_same_id) {
      if (others_[n].partner_case == FlatIndex::kNone &&
          answers(sent(*homes_[home].record), sent(*others_[n].record))) {
        homes_[home].partner_case = n;
        others_[n].partner_case = home;
        return;
      }
    }
  }

  [[nodiscard]] std::size_t number_of(const Case& home) const {
    return static_cast<std::size_t>(&home - homes_.data());
  }

  [[nodiscard]] const Record* other_of(const Case& home) const {
    return home.partner_case == FlatIndex::kNone ? nullptr : others_[home.partner_case].record;
  }

  void suspend(Case& home, SuspenseReason reason) {
    out_.suspended.push_back({.reason = reason, .record = *home.record});
    if (const Record* other = other_of(home)) {
      out_.suspended.push_back({.reason = reason, .record = *other});
    }
  }

  void settle(Case& home, std::size_t first_leg) {
    home.settled = true;
    home.transaction = static_cast<std::uint32_t>(out_.settled.size());
    out_.settled.push_back({.id = home.record->item->id,
                            .kind = home.record->item->kind,
                            .home = home.record->sender,
                            .first_leg = first_leg,
                            .leg_count = static_cast<std::uint32_t>(out_.legs.size() - first_leg),
                            .record = home.number});
  }

  // Redemptions, exchanges, accruals, moves.
  void judge_first_hand() {
    for (Case& home : homes_) {
      if (is_refund(home.record->item->kind)) {
        continue;
      }
      const std::size_t first_leg = out_.legs.size();
      const SuspenseReason reason = first_hand_reason(home);
      if (reason == SuspenseReason::kNone) {
        settle(home, first_leg);
      } else {
        out_.legs.resize(first_leg);
        if (reason == SuspenseReason::kMissingAcquirer) {
          waiting_.push_back(&home);  // A record that says "not credited" may still close it.
        } else {
          suspend(home, reason);
        }
      }
    }
  }

  SuspenseReason first_hand_reason(const Case& home) {
    const Record& record = *home.record;
    const Item& item = *record.item;
    const Record* other = other_of(home);
    if (other == nullptr && !stands_alone(record)) {
      return SuspenseReason::kMissingAcquirer;
    }
    if (other != nullptr && !amounts_agree(record, *other)) {
      return SuspenseReason::kAmount;
    }
    if (item.kind == Kind::kExchangeOut || item.kind == Kind::kExchangeIn) {
      const bool out = item.kind == Kind::kExchangeOut;
      if (!rate_fits(rated(item, item.partner), out, rules_) ||
          !rate_fits(rated(*other->item, item.partner), out, rules_)) {
        return SuspenseReason::kRate;
      }
    }
    if (!append_legs(item, {record.slices, item.slice_count}, record.sender,
                     other == nullptr ? nullptr : other->item, rules_, out_.legs)) {
      return SuspenseReason::kRate;
    }
    if (other != nullptr && !authorised(item, *other->item)) {
      return SuspenseReason::kAuthorisation;
    }
    return SuspenseReason::kNone;
  }

  // An exchange out that the partner never credited, and its whole refund, close together at zero.
  void close_not_credited() {
    std::vector<Case*> notes;
    for (Case& other : others_) {
      if (other.record->item->kind == Kind::kNotCredited) {
        notes.push_back(&other);
      }
    }
    std::ranges::sort(notes, [](const Case* a, const Case* b) {
      return std::tie(a->record->sender, a->record->item->id) <
             std::tie(b->record->sender, b->record->item->id);
    });
    for (Case* note : notes) {
      Case* exchange = find_exchange(*note);
      Case* refund = exchange == nullptr ? nullptr : find_whole_refund(*exchange);
      if (refund == nullptr) {
        continue;  // It waits as MISSING_HOME.
      }
      note->closed = true;
      if (credited(*note)) {
        out_.suspended.push_back({.reason = SuspenseReason::kParent, .record = *note->record});
      } else {
        exchange->closed = refund->closed = true;
      }
    }
    for (Case* home : waiting_) {
      if (!home->closed) {
        suspend(*home, SuspenseReason::kMissingAcquirer);
      }
    }
  }

  // Did the partner say, too, that it credited the exchange?
  [[nodiscard]] bool credited(const Case& note) const {
    std::uint32_t n = first_of(others_, other_index_, note.record->item->parent);
    for (; n != FlatIndex::kNone; n = others_[n].next_same_id) {
      if (others_[n].record->item->kind == Kind::kPartnerExchangeOut &&
          others_[n].record->sender == note.record->sender) {
        return true;
      }
    }
    return false;
  }

  Case* find_exchange(const Case& note) {
    const Item& item = *note.record->item;
    std::uint32_t n = first_of(homes_, home_index_, item.parent);
    for (; n != FlatIndex::kNone; n = homes_[n].next_same_id) {
      const Item& home = *homes_[n].record->item;
      if (home.kind == Kind::kExchangeOut && home.partner == note.record->sender &&
          home.member == item.member && !homes_[n].closed) {
        return &homes_[n];
      }
    }
    return nullptr;
  }

  Case* find_whole_refund(const Case& exchange) {
    const auto parent_of = [this](std::uint32_t n) { return homes_[n].record->item->parent; };
    if (refunds_by_parent_.empty()) {
      for (std::uint32_t n = 0; n < homes_.size(); ++n) {
        if (homes_[n].record->item->kind == Kind::kRefund) {
          refunds_by_parent_.push_back(n);
        }
      }
      std::ranges::stable_sort(refunds_by_parent_, {}, parent_of);
    }
    const Item& parent = *exchange.record->item;
    Case* found = nullptr;  // Of several the lowest home's, then the lowest id's.
    auto at = std::ranges::lower_bound(refunds_by_parent_, parent.id, {}, parent_of);
    for (; at != refunds_by_parent_.end() && parent_of(*at) == parent.id; ++at) {
      const std::uint32_t n = *at;
      const Item& item = *homes_[n].record->item;
      const bool fits = item.member == parent.member && item.partner == parent.partner &&
                        item.points == parent.points && !homes_[n].closed;
      if (fits &&
          (found == nullptr || std::tie(homes_[n].record->sender, item.id) <
                                   std::tie(found->record->sender, found->record->item->id))) {
        found = &homes_[n];
      }
    }
    return found;
  }

  // Refunds and reversals: those settled earlier first, then by id.
  void judge_refunds() {
    std::vector<Case*> refunds;
    for (Case& home : homes_) {
      if (is_refund(home.record->item->kind) && !home.closed) {
        refunds.push_back(&home);
      }
    }
    std::ranges::sort(refunds, [](const Case* a, const Case* b) {
      return std::tuple(!a->record->settled, a->record->item->id, a->record->sender) <
             std::tuple(!b->record->settled, b->record->item->id, b->record->sender);
    });
    for (Case* refund : refunds) {
      Case* parent = find_parent(*refund);
      const SuspenseReason reason = refund_reason(*refund, parent);
      if (reason != SuspenseReason::kNone) {
        suspend(*refund, reason);
        continue;
      }
      const Item& item = *refund->record->item;
      parent->refunded += item.points;
      for (const IssuerShare& share : shares_of({refund->record->slices, item.slice_count})) {
        refunded_[{number_of(*parent), share.issuer}] += share.points;
      }
      const SettledTransaction& settled = out_.settled[parent->transaction];
      const std::vector<Leg> parent_legs(
          out_.legs.begin() + static_cast<std::ptrdiff_t>(settled.first_leg),
          out_.legs.begin() + static_cast<std::ptrdiff_t>(settled.first_leg + settled.leg_count));
      const std::size_t first_leg = out_.legs.size();
      append_refund_legs(item, {refund->record->slices, item.slice_count}, *parent->record->item,
                         parent_legs, out_.legs);
      settle(*refund, first_leg);
    }
  }

  // Of the home items under the parent's id: that with the refund's giver or partner, settled if
  // any is.
  Case* find_parent(const Case& refund) {
    const Item& item = *refund.record->item;
    Case* found = nullptr;
    std::uint32_t n = first_of(homes_, home_index_, item.parent);
    for (; n != FlatIndex::kNone; n = homes_[n].next_same_id) {
      const Item& home = *homes_[n].record->item;
      const bool kind = item.kind == Kind::kRefund
                            ? home.kind == Kind::kRedeem || home.kind == Kind::kExchangeOut
                            : home.kind == Kind::kAccrual || home.kind == Kind::kExchangeIn;
      if (kind && home.counterparty == item.counterparty && home.partner == item.partner &&
          (found == nullptr || (!found->settled && homes_[n].settled))) {
        found = &homes_[n];
      }
    }
    return found;
  }

  SuspenseReason refund_reason(const Case& refund, const Case* parent) const {
    const Record& record = *refund.record;
    const Item& item = *record.item;
    const Record* other = other_of(refund);
    if (other == nullptr && !stands_alone(record)) {
      return SuspenseReason::kMissingAcquirer;
    }
    if (other != nullptr && other->item->points != item.points) {
      return SuspenseReason::kAmount;
    }
    if (item.kind == Kind::kRefund && points_of(record) != item.points) {
      return SuspenseReason::kAmount;
    }
    if (parent != nullptr && parent->settled && exceeds(record, *parent)) {
      return SuspenseReason::kAmount;
    }
    const bool fits =
        parent != nullptr && parent->settled && parent->record->item->member == item.member;
    return fits ? SuspenseReason::kNone : SuspenseReason::kParent;
  }

  // More than is left of the parent, in all or of one issuer; or part of what is refunded only
  // whole.
  [[nodiscard]] bool exceeds(const Record& refund, const Case& parent) const {
    const Item& item = *refund.item;
    const Item& origin = *parent.record->item;
    const bool whole = origin.form == Form::kGift || origin.kind == Kind::kExchangeOut ||
                       origin.kind == Kind::kExchangeIn;
    if ((whole && item.points != origin.points) || parent.refunded + item.points > origin.points) {
      return true;
    }
    if (item.kind != Kind::kRefund) {
      return false;
    }
    const auto given = shares_of({parent.record->slices, origin.slice_count});
    for (const IssuerShare& share : shares_of({refund.slices, item.slice_count})) {
      const auto it = std::ranges::find(given, share.issuer, &IssuerShare::issuer);
      const auto before = refunded_.find({number_of(parent), share.issuer});
      const std::int64_t back = before == refunded_.end() ? 0 : before->second;
      if (it == given.end() || back + share.points > it->points) {
        return true;
      }
    }
    return false;
  }

  void finish() {
    for (const Case& other : others_) {
      if (other.partner_case == FlatIndex::kNone && !other.closed) {
        out_.suspended.push_back({.reason = SuspenseReason::kMissingHome, .record = *other.record});
      }
    }
    std::ranges::sort(out_.suspended, [](const SuspendedItem& a, const SuspendedItem& b) {
      const auto key = [](const SuspendedItem& s) {
        return std::tuple(s.reason, s.record.sender, s.record.sequence, s.record.item->entry);
      };
      return key(a) < key(b);
    });
    std::ranges::sort(out_.settled, [](const SettledTransaction& a, const SettledTransaction& b) {
      return std::tie(a.id, a.kind, a.home) < std::tie(b.id, b.kind, b.home);
    });
  }

  const std::vector<const SenderBook*>& books_;
  const RuleBook& rules_;
  Judgement out_;
  std::vector<Case> homes_;
  std::vector<Case> others_;
  FlatIndex home_index_;
  FlatIndex other_index_;
  std::vector<Case*> waiting_;
  std::map<std::pair<std::size_t, Participant>, std::int64_t> refunded_;  // by home case, issuer
  std::vector<std::uint32_t>
      refunds_by_parent_;  // home cases, sorted by parent id; made when needed
};

}  // namespace

std::string_view word(SuspenseReason reason) {
  switch (reason) {
    case SuspenseReason::kNone:
      return "";
    case SuspenseReason::kMissingHome:
      return "MISSING_HOME";
    case SuspenseReason::kMissingAcquirer:
      return "MISSING_ACQUIRER";
    case SuspenseReason::kAmount:
      return "AMOUNT";
    case SuspenseReason::kRate:
      return "RATE";
    case SuspenseReason::kAuthorisation:
      return "AUTHORISATION";
    case SuspenseReason::kParent:
      return "PARENT";
  }
  return "";
}

Judgement judge(const std::vector<const SenderBook*>& books, const RuleBook& rules) {
  return Judge(books, rules).run();
}

void mark_settled(std::span<SenderBook* const> books, const Judgement& judgement) {
  std::map<Participant, std::vector<std::uint32_t>> settled;
  for (const SettledTransaction& transaction : judgement.settled) {
    settled[transaction.home].push_back(transaction.record);
  }
  for (SenderBook* book : books) {
    book->mark_settled(settled[book->sender()]);
  }
}

}  // namespace ph
