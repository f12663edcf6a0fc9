// Random bills, corrections, profiles and ends of accounts against a slow model, which keeps every
// month in a map: points given, rows returned and rating points by month agree; and so they do when
// each day begins from a snapshot.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

enum class What : std::uint8_t { kBill, kRebill, kProfile, kAccount, kEnd, kSpent };

struct Step {
  std::uint8_t what{};
  std::uint8_t who{};
  std::uint8_t account{};
  std::uint8_t back{};  // months before the day's
  std::uint16_t fen{};
  std::uint16_t corrected{};
  std::uint8_t later{};  // months until this day
  bool right{};          // a correction that names what was billed
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << int{step.what} << " member " << int{step.who} << " account "
             << int{step.account} << " back " << int{step.back} << " fen " << step.fen << ">"
             << step.corrected << " later " << int{step.later} << " right " << step.right << "}";
}

rc::Gen<Step> any_step() {
  using rc::gen::inRange;
  return rc::gen::build<Step>(
      rc::gen::set(&Step::what, rc::gen::element<std::uint8_t>(0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5)),
      rc::gen::set(&Step::who, inRange<std::uint8_t>(0, 3)),
      rc::gen::set(&Step::account, inRange<std::uint8_t>(0, 5)),
      rc::gen::set(&Step::back,
                   rc::gen::oneOf(inRange<std::uint8_t>(0, 9), inRange<std::uint8_t>(0, 30))),
      rc::gen::set(&Step::fen, inRange<std::uint16_t>(0, 900)),
      rc::gen::set(&Step::corrected, inRange<std::uint16_t>(0, 900)),
      rc::gen::set(&Step::later, rc::gen::element<std::uint8_t>(0, 0, 0, 0, 0, 1, 1, 2, 7, 26)),
      rc::gen::set(&Step::right, rc::gen::element(true, true, true, false)));
}

const BusinessDate kFirst = on(2007, 3, 1);   // of version 1: floor
const BusinessDate kSecond = on(2008, 1, 1);  // of version 2: 3/2, up

programme::Rows version_two() {
  programme::Rows rows = small_programme(kSecond, 2);
  rows.earn.points_per_unit = Ratio(3, 2);
  rows.earn.round = programme::Rounding::kUp;
  return rows;
}

// The same in maps.
struct Model {
  static constexpr int kNever = 1'000'000;
  struct Bill {
    std::int64_t fen{};
    bool earned{};
  };
  struct Device {
    int member{};
    int ended{kNever};
    int newest{0};
    std::map<int, Bill> bills{};
  };
  std::map<std::pair<std::string, int>, std::int64_t> before{};
  std::vector<Device> devices{};
  std::map<std::string, std::size_t> current{};  // whose the number is now
  // Known ones: first month that the profile credits; kNever: none.
  std::map<int, int> members{};
  std::map<int, std::int64_t> points{};  // given, less what was taken back
  int now{};

  static std::int64_t points_of(int month, std::int64_t fen) {
    return month < kSecond.month().count() ? fen / 100 : (fen * 3 + 199) / 200;
  }
  bool waits(int member, int month) const {
    const auto known = members.find(member);
    return month >= kFirst.month().count() && (known == members.end() || month < known->second);
  }
  // What has ended is no other member's any more.
  Device* own(const std::string& name, int member) {
    const auto found = current.find(name);
    if (found == current.end()) {
      return nullptr;
    }
    Device& device = devices[found->second];
    return device.member != member && device.ended != kNever ? nullptr : &device;
  }
  static const Bill* kept(const Device* device, int month) {
    if (device == nullptr || device->newest - month >= 24) {
      return nullptr;
    }
    const auto bill = device->bills.find(month);
    return bill == device->bills.end() ? nullptr : &bill->second;
  }
  std::optional<std::int64_t> billed(const std::string& name, int member, int month) {
    const Device* device = own(name, member);
    if (const Bill* bill = kept(device, month)) {
      return bill->fen;
    }
    if (device == nullptr && current.contains(name)) {
      return std::nullopt;
    }
    const auto old = before.find({name, month});
    return old == before.end() ? std::nullopt : std::optional(old->second);
  }
  bool too_old(const std::string& name, int member, int month) {
    if (const Device* device = own(name, member)) {
      return device->newest - month >= 24;
    }
    for (const auto& [key, fen] : before) {
      if (!current.contains(name) && key.first == name && key.second - month >= 24 &&
          key.second <= now) {
        return true;
      }
    }
    return false;
  }
  std::string device_code(const std::string& name, int member, int month) {
    const Device* device = own(name, member);
    if (device == nullptr) {
      return "";
    }
    return device->member != member ? "NO_ACCOUNT" : month > device->ended ? "CLOSED" : "";
  }
  Device& device(const std::string& name, int member) {
    members.try_emplace(member, kNever);
    if (Device* found = own(name, member)) {
      return *found;
    }
    const bool first = !current.contains(name);
    current[name] = devices.size();
    devices.push_back({.member = member});
    for (const auto& [key, fen] : before) {
      if (first && key.first == name && key.second > now - 24 && key.second <= now) {
        keep(devices.back(), key.second, fen, true);
      }
    }
    return devices.back();
  }
  static void keep(Device& to, int month, std::int64_t fen, bool earned) {
    to.newest = std::max(to.newest, month);
    to.bills[month] = {fen, earned};
  }

  std::string bill(int member, const std::string& name, int month, std::int64_t fen,
                   std::optional<bool> spent) {
    if (month > now) {
      return "INVALID";
    }
    if (billed(name, member, month)) {
      return "DUPLICATE";
    }
    if (too_old(name, member, month)) {
      return "TOO_OLD";
    }
    if (std::string code = device_code(name, member, month); !code.empty()) {
      return code;
    }
    Device& to = device(name, member);
    const bool earned = spent.value_or(!waits(member, month));
    keep(to, month, fen, earned);
    points[member] += earned && !spent ? points_of(month, fen) : 0;
    return "";
  }
  std::string rebill(int member, const std::string& name, int month, std::int64_t fen,
                     std::int64_t corrected, bool has_lot) {
    if (month > now) {
      return "INVALID";
    }
    const Bill* bill = kept(own(name, member), month);
    const bool gave = bill == nullptr || bill->earned;
    const std::int64_t change = gave ? points_of(month, corrected) - points_of(month, fen) : 0;
    if (!members.contains(member)) {
      return "NOT_HOME";
    }
    const std::string code = device_code(name, member, month);
    if (!code.empty() && (code != "CLOSED" || change > 0)) {
      return code;
    }
    if (change < 0 && !has_lot) {
      return "UNKNOWN_PARENT";
    }
    const auto known = billed(name, member, month);
    if (known && *known != fen) {
      return "BILL_MISMATCH";
    }
    Device& to = device(name, member);
    if (to.newest - month < 24) {
      keep(to, month, corrected, gave);
    }
    if (const auto old = before.find({name, month}); old != before.end()) {
      old->second = corrected;
    }
    points[member] += change;
    return "";
  }
  void profile(int member) {
    if (members.try_emplace(member, kNever).first->second != kNever) {
      return;
    }
    members[member] = now - 6;
    for (Device& device : devices) {
      const int last = device.member == member ? std::min(now, device.ended) : 0;
      for (int month = now - 6; month <= last; ++month) {
        if (const Bill* bill = kept(&device, month); bill != nullptr && !bill->earned) {
          device.bills[month].earned = true;
          points[member] += points_of(month, bill->fen);
        }
      }
    }
  }
  std::int64_t rating_points(int member, int month) const {
    std::int64_t out = 0;
    for (const Device& device : devices) {
      const Bill* bill = device.member == member ? kept(&device, month) : nullptr;
      out += bill != nullptr && bill->earned ? points_of(month, bill->fen) : 0;
    }
    return out;
  }
};

class World {
 public:
  World() = default;

  void play(const Step& step) {
    for (int n = 0; n < step.later; ++n) {
      date_ = first_day(date_.month().next());
    }
    date_ = date_.plus_days(1);
    if (!active_ && date_ > kFirst.plus_days(-3)) {
      active_ = true;
      node_.give(small_programme(kFirst));
      node_.give(version_two());
    }
    model_.now = date_.month().count();
    const Member member = member_of(step.who + std::uint64_t{1});
    const std::string name = "A-" + std::to_string(step.account);
    const auto at = static_cast<std::uint16_t>(model_.now + 1 - step.back);
    const auto what = static_cast<What>(step.what);
    if (!active_ && (what != What::kBill)) {
      return;
    }
    const auto known = model_.billed(name, step.who, at);
    const std::int64_t fen = what == What::kRebill && step.right && known ? *known : step.fen;
    const std::vector<Lot> lots = node_.home().lots(member);
    const LotId lot = lots.empty() ? LotId() : lots.front().id;
    const DayResult day =
        node_.take(date_, {row(what, member, name, Month(at), fen, step.corrected, lot)});
    const std::string code = expected(what, step.who, name, at, fen, step.corrected, !lots.empty());
    RC_ASSERT(returned_of(day) == (code.empty() ? Texts{} : Texts{"1 " + code}));
    for (const Movement& movement : day.movements) {
      if (movement.kind == Kind::kEarn || movement.kind == Kind::kUnearn) {
        given_[movement.member] += movement.slice.delta;
      }
    }
    agree(member, step.who);
    if (active_) {
      node_.reload();
    }
  }

 private:
  static Row row(What what, Member member, const std::string& name, Month month, std::int64_t fen,
                 std::int64_t corrected, LotId lot) {
    switch (what) {
      case What::kBill:
        return bill(member, month, fen, name);
      case What::kRebill:
        return rebill(member, month, lot, fen, corrected, name);
      case What::kProfile:
        return profile(member);
      case What::kAccount:
        return account_row(member, name, month);
      case What::kEnd:
        return account_end(member, name);
      case What::kSpent:
        return spent(member, name, month, fen, corrected % 2 == 0);
    }
    return {};
  }

  std::string expected(What what, int who, const std::string& name, int month, std::int64_t fen,
                       std::int64_t corrected, bool has_lot) {
    switch (what) {
      case What::kBill:
        if (!active_) {
          if (!model_.before.emplace(std::pair(name, month), fen).second) {
            return "DUPLICATE";
          }
          model_.points[who] += fen / 100;
          model_.members.try_emplace(who, Model::kNever);
          return "";
        }
        return model_.bill(who, name, month, fen, std::nullopt);
      case What::kRebill:
        return model_.rebill(who, name, month, fen, corrected, has_lot);
      case What::kProfile:
        model_.profile(who);
        return "";
      case What::kAccount:
        if (model_.device_code(name, who, 0) == "NO_ACCOUNT") {
          return "NO_ACCOUNT";
        }
        model_.device(name, who).ended = Model::kNever;
        return "";
      case What::kEnd:
        if (!model_.members.contains(who)) {
          return "NOT_HOME";
        }
        if (!model_.current.contains(name) || model_.devices[model_.current[name]].member != who) {
          return "NO_ACCOUNT";
        }
        model_.devices[model_.current[name]].ended =
            std::min(model_.devices[model_.current[name]].ended, model_.now);
        return "";
      case What::kSpent:
        return model_.bill(who, name, month, fen, corrected % 2 == 0);
    }
    return "";
  }

  void agree(Member member, int who) {
    RC_ASSERT(given_[member] == model_.points[who]);
    if (!active_ || !model_.members.contains(who)) {
      return;
    }
    for (int back = 0; back < 30; ++back) {
      const int month = model_.now - back;
      RC_ASSERT(node_.rating_points(member, Month(static_cast<std::uint16_t>(month))) ==
                model_.rating_points(who, month));
    }
  }

  ProgrammeNode node_;
  Model model_;
  bool active_{false};
  BusinessDate date_ = on(2006, 12, 20);
  std::map<Member, std::int64_t> given_;
};

RC_GTEST_PROP(MemberBook, AgreesWithASlowModelOfItsRows, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(any_step());
  World world;
  for (const Step& step : steps) {
    world.play(step);
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
