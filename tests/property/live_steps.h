// Steps of a random play, and the live events and rows that they become: about members, holds and
// transactions that came before.
#pragma once

#include <rapidcheck.h>

#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/property/live_words.h"

namespace ph::test {

// Something to be made from what is known when its turn comes.
struct Step {
  std::uint8_t what{};
  std::uint8_t kind{};
  std::uint8_t who{};
  std::uint8_t which{};
  std::uint8_t points{};
  std::uint8_t chance{};
};

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << int{step.what} << "," << int{step.kind} << "," << int{step.who} << ","
             << int{step.which} << "," << int{step.points} << "," << int{step.chance} << "}";
}

inline rc::Gen<Step> any_step() {
  using rc::gen::inRange;
  return rc::gen::build<Step>(rc::gen::set(&Step::what, inRange<std::uint8_t>(0, 32)),
                              rc::gen::set(&Step::kind, inRange<std::uint8_t>(0, 32)),
                              rc::gen::set(&Step::who, inRange<std::uint8_t>(0, 4)),
                              rc::gen::set(&Step::which, inRange<std::uint8_t>(0, 255)),
                              rc::gen::set(&Step::points, inRange<std::uint8_t>(0, 60)),
                              rc::gen::set(&Step::chance, inRange<std::uint8_t>(0, 255)));
}

// Two with points, one whose account an earning opens, one who comes from another province.
inline Member member_number(std::uint8_t who) {
  return who < 3 ? member_of(who + std::uint64_t{1}) : member_of(1, kP2);
}

class EventMaker {
 public:
  // A lot that is there from the beginning.
  void note(Member member, LotId lot) { lots_.emplace_back(member, lot); }
  // It was carried out, or is a row of a file that may be. `sequence`: of its day.
  void note(const Event& event, EntryId entry, std::uint32_t sequence) {
    switch (event.what) {
      case What::kHold:
        holds_.push_back(event.id);
        return;
      case What::kRedeem:
      case What::kCapture:
      case What::kExchangeOut:
        taken_.push_back({event.id, event.member});
        entries_.push_back({sequence, entry.number()});
        return;
      case What::kAccrual:
      case What::kExchangeIn:
        issued_.push_back({event.id, event.member, entry});
        lots_.emplace_back(event.member, entry);
        return;
      case What::kDelivery:
        entries_.push_back({sequence, entry.number()});
        return;
      case What::kMoveIn:
        moves_.push_back(event.id);
        return;
      case What::kVoid:
      case What::kRefund:
      case What::kReversal:
      case What::kDeliveryRefund:
      case What::kEarn:
      case What::kUnearn:
      case What::kTransfer:
      case What::kLeave:
      case What::kMoveOut:
      case What::kConfirm:
      case What::kWithdraw:
        return;
    }
  }
  // Live ones are of today, rows of the open day or of the one that ended last.
  void date(BusinessDate today, BusinessDate open_day) {
    today_ = today;
    open_day_ = open_day;
  }
  Event make(const Step& step, What what, bool live) {
    Event event{.what = what, .member = member_number(step.who), .points = step.points};
    event.id = live || step.chance % 2 == 0 ? fresh(kP1, step, live) : TransactionId();
    switch (what) {
      case What::kRedeem:
        goods(event, step, live);
        return event;
      case What::kHold:
        event.points /= 2;
        event.seconds =
            live && step.which % 4 != 0 ? 1 + step.which * (step.which % 3 == 0 ? 1500U : 97U) : 0;
        event.expires = live ? BusinessDate() : open_day_.plus_days(step.which % 4);
        return event;
      case What::kCapture:
      case What::kVoid:
        return of_hold(event, step, live);
      case What::kExchangeOut:
      case What::kExchangeIn:
      case What::kAccrual:
        event.partner = kAir;
        event.id = fresh(kAir, step, live);
        event.units = what == What::kAccrual ? 0 : 1 + step.which % 5;
        return event;
      case What::kRefund:
        return of_parent(event, step);
      case What::kReversal:
        return of_issue(event, step, live);
      case What::kDelivery:
      case What::kDeliveryRefund:
        event.member = member_of(7, kP2);
        event.other = kP2;
        event.form = what == What::kDelivery ? Form::kPhoneCredit : Form::kNone;
        event.parent = what == What::kDelivery ? TransactionId() : own_id(kDay, 998);
        return event;
      case What::kEarn:
      case What::kUnearn:
      case What::kTransfer:
      case What::kLeave:
      case What::kMoveOut:
      case What::kMoveIn:
      case What::kConfirm:
      case What::kWithdraw:
        break;
    }
    return row_alone(event, step);
  }

 private:
  struct Issued {
    TransactionId id{};
    Member member{};
    LotId lot{};
  };

  template <class T>
  static const T& pick(const std::vector<T>& all, std::uint8_t which) {
    // The newest more often.
    const std::size_t back =
        which % 2 == 0 ? which / 2 % all.size() : which / 2 % std::min<std::size_t>(all.size(), 4);
    return all[all.size() - 1 - back];
  }
  // Fresh; of a row mostly the one of its entry (none: filled in later).
  TransactionId fresh(Participant who, const Step& step, bool live) {
    const BusinessDate today = live ? today_ : open_day_;
    int age = step.chance % 16 == 7 ? 1 : step.chance % 16 == 9 ? 5 : 0;
    if (step.chance % 64 == 40) {
      age = 88 + step.which % 4;  // 90 are the most.
    } else if (step.chance % 64 == 41) {
      age = -1;
    }
    return id_of(who, today.plus_days(-age), "e-" + std::to_string(++count_));
  }
  void goods(Event& event, const Step& step, bool live) {
    const int form = step.which % 8;
    event.form = form == 0 ? Form::kGift : form == 1 ? Form::kMerchant : Form::kPhoneCredit;
    if (event.form == Form::kMerchant) {
      event.partner = kShop;
      event.id = fresh(kShop, step, live);
    } else {
      event.giver = form < 5 ? kP1 : kP2;
      event.id = form < 5 ? event.id : fresh(kP2, step, live);
    }
  }
  Event of_hold(Event event, const Step& step, bool live) {
    event.parent = holds_.empty() ? own_id(kDay, 999) : pick(holds_, step.which);
    event.member = Member();
    if (event.what == What::kVoid) {
      event.points = 0;
      event.id = live ? event.id : TransactionId();
      return event;
    }
    goods(event, step, live);
    event.points = step.points % 20;
    event.final = step.chance % 3 == 0;
    return event;
  }
  Event of_parent(Event event, const Step& step) {
    event.giver = kP1;
    event.points = step.points % 30;
    event.parent = own_id(kDay, 999);
    if (step.chance % 3 == 1) {  // Of a parent that isn't known here.
      for (std::uint32_t n = 0; n < 1U + step.which % 2; ++n) {
        const std::uint32_t number = 50 + (step.which / 2 + n) % 3 + 10U * step.who;
        event.brought.push_back({.lot = LotId(kP2, kDay, number),
                                 .earned = month_of(2005, 5),
                                 .expires = kDay.plus_days(static_cast<int>(number % 4)),
                                 .source = Source::kConsumption,
                                 .original = 40,
                                 .points = 1 + step.points % 30});
      }
    } else if (!taken_.empty()) {
      const auto& [id, member] = pick(taken_, step.which);
      event.parent = id;
      event.member = member.none() || step.chance % 8 == 0 ? event.member : member;
    }
    return event;
  }
  Event of_issue(Event event, const Step& step, bool live) {
    event.partner = kAir;
    event.id = fresh(kAir, step, live);
    event.points = step.points % 30;
    event.parent = own_id(kDay, 999);
    event.lot = opening_lot(1 + step.which % 4);
    if (!issued_.empty()) {
      const Issued& issued = pick(issued_, step.which);
      event.parent = step.chance % 8 == 0 ? event.parent : issued.id;
      event.member = step.chance % 8 == 1 ? event.member : issued.member;
      event.lot = step.chance % 8 == 2 ? event.lot : issued.lot;
    }
    return event;
  }
  // Rows that don't come live.
  Event row_alone(Event event, const Step& step) {
    const bool goes =
        event.what == What::kTransfer || event.what == What::kLeave || event.what == What::kMoveOut;
    if (event.what == What::kEarn || (goes && step.chance % 4 != 0)) {
      // Few leave, or little would happen.
      event.what = What::kEarn;
      event.month = goes ? month_of(2007, 3) : month_of(2004, 1 + step.which % 12);
      return event;
    }
    if (event.what == What::kUnearn) {
      std::tie(event.member, event.lot) = pick(lots_, step.which);
      return event;
    }
    event.points = 0;
    if (event.what == What::kMoveOut) {
      event.id = fresh(kP2, step, false);
      event.other = kP2;
    } else if (event.what == What::kMoveIn) {
      bring(event, step);
    } else if (event.what == What::kConfirm) {
      event.member = Member();
      event.parent = moves_.empty() ? own_id(kDay, 997) : pick(moves_, step.which);
    } else if (event.what == What::kWithdraw) {
      event.member = Member();
      std::tie(event.cited_sequence, event.cited_entry) =
          entries_.empty() ? std::pair(1U, 1U) : pick(entries_, step.which);
    }
    return event;
  }
  void bring(Event& event, const Step& step) {
    event.other = kP2;
    event.id = TransactionId();
    event.brought = {{.lot = LotId(kP2, kDay, ++count_ + 100),
                      .earned = month_of(2005, 5),
                      .expires = open_day_.plus_days(step.which % 20),
                      .source = Source::kConsumption,
                      .original = step.points + std::int64_t{9},
                      .points = step.points + std::int64_t{1}},
                     {.lot = LotId(kP2, BusinessDate(), 0),
                      .source = Source::kDebt,
                      .debt = true,
                      .points = 1 + step.which % 5}};
  }

  BusinessDate today_{};
  BusinessDate open_day_{};
  std::vector<TransactionId> holds_;
  std::vector<std::pair<TransactionId, Member>> taken_;
  std::vector<Issued> issued_;
  std::vector<std::pair<Member, LotId>> lots_;
  std::vector<TransactionId> moves_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> entries_;  // sequence, serial
  std::uint32_t count_{0};
};

}  // namespace ph::test
