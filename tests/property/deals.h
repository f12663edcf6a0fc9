// Random transactions, both of whose sides may be late, wrong or missing: what property tests of
// the settlement share.
#pragma once

#include <rapidcheck.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/intake/world.h"

namespace ph::test {

inline const Member kAnyone = member_of(1);

// A transaction both of whose sides may be late, wrong or missing.
struct Deal {
  std::uint8_t kind{};
  std::uint8_t home{};
  std::uint8_t fault{};
  std::uint8_t late{};  // bit 0: the home's record comes in May; bit 1: the other's
  std::uint16_t one{};
  std::uint16_t two{};
};

inline std::ostream& operator<<(std::ostream& out, const Deal& deal) {
  return out << "{" << int{deal.kind} << "," << int{deal.home} << "," << int{deal.fault} << ","
             << int{deal.late} << "," << deal.one << "," << deal.two << "}";
}

inline rc::Gen<Deal> any_deal() {
  using rc::gen::inRange;
  return rc::gen::build<Deal>(rc::gen::set(&Deal::kind, inRange<std::uint8_t>(0, 7)),
                              rc::gen::set(&Deal::home, inRange<std::uint8_t>(0, 2)),
                              rc::gen::set(&Deal::fault, inRange<std::uint8_t>(0, 8)),
                              rc::gen::set(&Deal::late, inRange<std::uint8_t>(0, 4)),
                              rc::gen::set(&Deal::one, inRange<std::uint16_t>(1, 400)),
                              rc::gen::set(&Deal::two, inRange<std::uint16_t>(1, 400)));
}
inline rc::Gen<std::vector<Deal>> any_deals() {
  return rc::gen::container<std::vector<Deal>>(any_deal());
}

struct Sent {
  Participant sender{};
  bool late{};
  Report report{};
};

// `number` names it; its ids are of `day`, a refund's of some days later.
inline void add_deal(std::vector<Sent>& out, const Deal& deal, std::size_t number,
                     BusinessDate day = kDay) {
  const Participant home = deal.home == 0 ? kP1 : kP3;
  const std::string name = std::to_string(number);
  const TransactionId id = id_of(kP2, day, name);
  const TransactionId sale = id_of(kShop, day, name);
  const TransactionId miles = id_of(kAir, day, name);
  const TransactionId back = id_of(kP2, day.plus_days(15), name);
  const Shares shares{{kP1, deal.one}, {kP2, deal.two}, {kP3, 3}};
  const std::int64_t all = sum_of(shares);
  std::vector<Sent> sides;
  const auto both = [&](Report at_home, Participant giver, Report other) {
    sides.push_back({.sender = home, .report = std::move(at_home)});
    sides.push_back({.sender = giver, .report = std::move(other)});
  };
  switch (deal.kind) {
    case 0:
      both(redeemed(id, kAnyone, shares, kP2), kP2, delivered(id, kAnyone, all, home));
      break;
    case 1:
      both(redeemed(id, kAnyone, shares, kP2, Form::kGift), kP2,
           gift_costs(delivered(id, kAnyone, all, home, Form::kGift), deal.one, 7, deal.two));
      break;
    case 2:
      both(redeemed(sale, kAnyone, shares, kShop, Form::kMerchant), kShop,
           at_shop(sale, kAnyone, all));
      break;
    case 3: {
      const Shares blocks{{kP1, 400}, {kP2, 600 + 100 * deal.one}};
      both(exchanged_out(miles, kAnyone, blocks, sum_of(blocks) / 10), kAir,
           partner_exchanged(Kind::kPartnerExchangeOut, miles, kAnyone, sum_of(blocks),
                             sum_of(blocks) / 10));
      break;
    }
    case 4:
      both(issued(Kind::kAccrual, miles, kAnyone, deal.one, home), kAir,
           from_partner(Kind::kPartnerAccrual, miles, kAnyone, deal.one));
      break;
    case 5:
      both(redeemed(id, kAnyone, shares, kP2), kP2, delivered(id, kAnyone, all, home));
      both(refunded(back, id, kAnyone, {{kP1, 1}}, kP2), kP2,
           took_back(back, id, kAnyone, 1, home));
      break;
    default:
      sides.push_back(
          {.sender = kP1,
           .report = redeemed(id_of(kP1, day, name), kAnyone, shares, kP1, Form::kOwnProduct)});
  }
  if (deal.fault == 1) {
    ++sides.back().report.item.points;
  } else if (deal.fault == 2) {
    sides.pop_back();
  } else if (deal.fault == 3) {
    sides.erase(sides.begin());
  } else if (deal.fault == 4) {
    sides.back().report.item.authorisation = {};
  }
  for (std::size_t n = 0; n < sides.size(); ++n) {
    sides[n].late = ((deal.late >> (n % 2)) & 1) != 0;
    out.push_back(std::move(sides[n]));
  }
}

inline std::vector<Sent> sent_of(const std::vector<Deal>& deals) {
  std::vector<Sent> out;
  for (std::size_t n = 0; n < deals.size(); ++n) {
    add_deal(out, deals[n], n + 1);
  }
  return out;
}

}  // namespace ph::test
