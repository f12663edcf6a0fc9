#include "app/bench/w2.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <deque>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/bench/store.h"
#include "app/bench/w1.h"
#include "app/generate/random.h"

namespace ph::bench {

namespace {

using Steady = std::chrono::steady_clock;
using Time = Steady::time_point;

double ms_between(Time from, Time to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// Sorts them. The least value that `share` of all don't exceed.
double percentile(std::vector<double>& values, double share) {
  if (values.empty()) {
    throw std::runtime_error("nothing was done in the time given");
  }
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

// Ids and members in an order that a seed gives; every redemption has a number.
class Redemptions {
 public:
  explicit Redemptions(const W2Options& options) : options_(options), random_(options.seed) {}

  [[nodiscard]] W2Step next_hold() {
    ++number_;
    const std::uint64_t member =
        std::uint64_t{1} + random_.below(static_cast<std::uint32_t>(options_.members));
    return {.id = id('H'), .member = w1_member(member).text(), .points = options_.points};
  }
  [[nodiscard]] static W2Step capture_of(const W2Step& hold) {
    W2Step step = hold;
    step.hold = hold.id;
    step.id.back() = 'C';
    return step;
  }

 private:
  [[nodiscard]] std::string id(char kind) const {
    return options_.code + "/" + options_.date + "/" + options_.prefix + "-" +
           std::to_string(number_) + "-" + kind;
  }

  const W2Options& options_;
  generate::Random random_;
  std::uint64_t number_{0};
};

constexpr std::string_view kHttps = "https://localhost:";

W2CallerMaker maker(const W2Options& options) {
  if (options.at.starts_with("postgresql://")) {
    return postgres_callers(options.at);
  }
  if (!options.at.starts_with(kHttps)) {
    return counter_callers(options.at);
  }
  W2Gateway gateway = options.gateway;
  const char* end = options.at.data() + options.at.size();
  const auto port = std::from_chars(options.at.data() + kHttps.size(), end, gateway.port);
  if (port.ec != std::errc{} || port.ptr != end) {
    throw std::runtime_error(options.at + " isn't https://localhost:port");
  }
  return options.token.empty() ? gateway_callers(gateway)
                               : member_callers(gateway, options.token, options.look_up);
}

// Callers and what each of them is about.
class Load {
 public:
  explicit Load(const W2Options& options) : options_(options), redemptions_(options) {
    const W2CallerMaker make = maker(options);
    for (unsigned n = 0; n < options.callers; ++n) {
      callers_.push_back({.caller = make()});
    }
  }

  void run() {
    begin_ = Steady::now();
    counts_from_ = begin_ + std::chrono::milliseconds(options_.warm_up_ms);
    end_ = counts_from_ + std::chrono::seconds(options_.seconds);
    next_intended_ = begin_;
    while (true) {
      const Time now = Steady::now();
      if (now < end_) {
        start(now);
      } else if (under_way_ == 0) {
        return;
      }
      wait(now);
    }
  }

  void report(Figures& figures) {
    figures.add("redemptions", done_);
    figures.add("counted", redemption_ms_.size());
    figures.add("points_taken", looks_up() ? 0 : done_ * options_.points);
    figures.add("per_second",
                static_cast<std::uint64_t>(std::llround(static_cast<double>(redemption_ms_.size()) /
                                                        static_cast<double>(options_.seconds))));
    add(figures, looks_up() ? "look_up" : "redemption", redemption_ms_);
    if (!looks_up()) {
      add(figures, "hold", hold_ms_);
    }
  }

 private:
  struct One {
    std::unique_ptr<W2Caller> caller{};
    bool busy{false};
    Time intended{};
    W2Step step{};
  };

  static void add(Figures& figures, const std::string& name, std::vector<double>& values) {
    figures.add_ms(name + "_p50_ms", percentile(values, 0.5));
    figures.add_ms(name + "_p99_ms", percentile(values, 0.99));
    figures.add_ms(name + "_p999_ms", percentile(values, 0.999));
    figures.add_ms(name + "_max_ms", values.back());
  }

  [[nodiscard]] bool looks_up() const { return !options_.token.empty(); }

  // Gives work to who has none: of an open loop what is due, of a closed one always.
  void start(Time now) {
    if (options_.rate != 0) {
      const auto pause = std::chrono::duration_cast<Steady::duration>(
          std::chrono::duration<double>(1.0 / static_cast<double>(options_.rate)));
      for (; next_intended_ <= now; next_intended_ += pause) {
        due_.push_back(next_intended_);
      }
    }
    for (One& one : callers_) {
      if (one.busy) {
        continue;
      }
      if (options_.rate != 0 && due_.empty()) {
        return;
      }
      one.intended = now;
      if (options_.rate != 0) {
        one.intended = due_.front();
        due_.pop_front();
      }
      one.busy = true;
      ++under_way_;
      one.step = redemptions_.next_hold();
      one.caller->begin(one.step);
    }
  }

  void wait(Time now) {
    sockets_.clear();
    for (const One& one : callers_) {
      const bool writes = one.busy && one.caller->writes();
      sockets_.push_back({.fd = one.busy ? one.caller->socket() : -1,
                          .events = static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN),
                          .revents = 0});
    }
    const Time until = options_.rate != 0 ? std::min(next_intended_, end_) : end_;
    const auto left = std::max(until - now, Steady::duration::zero());
    const auto nanoseconds = std::chrono::nanoseconds(now < end_ ? left : kPatience).count();
    const timespec limit{.tv_sec = nanoseconds / 1'000'000'000,
                         .tv_nsec = nanoseconds % 1'000'000'000};
    const int ready = ::ppoll(sockets_.data(), sockets_.size(), &limit, nullptr);
    if (ready < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "waiting for answers");
    }
    if (ready == 0 && now >= end_) {
      throw std::runtime_error("no answer within half a minute");
    }
    for (std::size_t n = 0; ready > 0 && n < sockets_.size(); ++n) {
      if (sockets_[n].revents != 0 && callers_[n].caller->turn()) {
        answered(callers_[n]);
      }
    }
  }

  void answered(One& one) {
    const Time now = Steady::now();
    if (one.step.hold.empty() && !looks_up()) {
      count(hold_ms_, one, now);
      one.step = Redemptions::capture_of(one.step);
      one.caller->begin(one.step);
      return;
    }
    count(redemption_ms_, one, now);
    ++done_;
    --under_way_;
    one.busy = false;
  }

  // What ends within the time that counts.
  void count(std::vector<double>& values, const One& one, Time now) const {
    if (now >= counts_from_ && now < end_) {
      values.push_back(ms_between(one.intended, now));
    }
  }

  static constexpr std::chrono::seconds kPatience{30};

  const W2Options& options_;
  Redemptions redemptions_;
  std::vector<One> callers_{};
  std::vector<pollfd> sockets_{};
  std::deque<Time> due_{};
  Time begin_{};
  Time counts_from_{};
  Time end_{};
  Time next_intended_{};
  std::size_t under_way_{0};
  std::uint64_t done_{0};
  std::vector<double> hold_ms_{};
  std::vector<double> redemption_ms_{};
};

}  // namespace

int run_w2(const W2Options& options) {
  Load load(options);
  load.run();
  Figures figures;
  figures.add_text("job", "w2");
  figures.add("callers", options.callers);
  figures.add("rate", options.rate);
  load.report(figures);
  figures.print(options.json);
  return 0;
}

}  // namespace ph::bench
