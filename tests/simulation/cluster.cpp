#include "tests/simulation/cluster.h"

#include <algorithm>

namespace ph::sim {

namespace {

constexpr std::int64_t kPatienceMs = 2 * kHourMs;  // for everything to calm down

}  // namespace

Cluster::Cluster(const World& world, const Faults& faults, Bug bug, Watch& watch, bool trace)
    : world_(world),
      trace_(schedule_, trace),
      network_(schedule_, faults, world.seed, world.provinces.size(),
               {.to_clearing =
                    [this](std::size_t node, const std::string& route, const Message& message) {
                      clearing_->receive(node, route, message);
                    },
                .to_node = [this](std::size_t node,
                                  const Message& message) { nodes_[node]->receive(message); }}),
      setting_{.world = world,
               .faults = faults,
               .schedule = schedule_,
               .network = network_,
               .watch = watch,
               .trace = trace_,
               .bug = bug},
      random_(world.seed ^ 0xC105'7E4U) {
  for (std::size_t n = 0; n < world.provinces.size(); ++n) {
    nodes_.push_back(std::make_unique<NodeHost>(setting_, n));
  }
  clearing_ = std::make_unique<ClearingHost>(setting_);
}

void Cluster::plan() {
  for (const Drop& drop : plan_drops(world_, setting_.faults)) {
    Host& to = drop.to == kToClearing ? static_cast<Host&>(*clearing_) : *nodes_[drop.to];
    schedule_.at(drop.at_ms, [&to, drop] { to.drop(drop); });
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    plan_cuts(n);
    schedule_.at(8 * kHourMs, [this, n] { nodes_[n]->start(); });
  }
  schedule_.at(8 * kHourMs, [this] { clearing_->start(); });
  plan_closes();
}

// The link of a late province is down over the cut-off; others for minutes or hours.
void Cluster::plan_cuts(std::size_t node) {
  std::int64_t from = 0;
  std::int64_t until = 0;
  if (const auto& late = world_.provinces[node].late_from) {
    from = (late->count() - world_.first.count()) * kDayMs + 12 * kHourMs;
    until = (world_.close.count() + 1 - world_.first.count()) * kDayMs + 3 * kHourMs;
    cut(node, from, until);
  }
  for (int day = 0; day < world_.days; ++day) {
    if (random_.below(1'000) >= setting_.faults.cut) {
      continue;
    }
    const std::int64_t start = day * kDayMs + random_.below(24) * kHourMs;
    const std::int64_t length =
        random_.below(4) == 0 ? random_.below(3 * kHourMs) : random_.below(2 * kMinuteMs);
    if (start + length < from || start > until) {
      cut(node, start, start + length);
    }
  }
}

void Cluster::cut(std::size_t node, std::int64_t from_ms, std::int64_t to_ms) {
  schedule_.at(from_ms, [this, node] {
    trace_([&] { return world_.provinces[node].code + "'s link is down"; });
    network_.set_up(node, false);
  });
  schedule_.at(to_ms, [this, node] {
    trace_([&] { return world_.provinces[node].code + "'s link is up"; });
    network_.set_up(node, true);
    nodes_[node]->nudge();
  });
}

// The operator tries every few hours from the first day of the next month on.
void Cluster::plan_closes() {
  const std::int64_t end = (world_.days + 1) * kDayMs;
  std::int64_t at =
      (first_day(world_.period.next()).count() - world_.first.count()) * kDayMs + kHourMs / 2;
  while (at < end) {
    schedule_.at(at, [this] {
      if (!clearing_->closed(world_.period)) {
        clearing_->try_to_close(world_.period);
      }
    });
    at += kHourMs + random_.below(4 * kHourMs);
  }
}

void Cluster::calm() {
  setting_.calm = true;
  network_.calm();
  clearing_->end_rivalry();
}

void Cluster::run() {
  plan();
  // The last day is sealed at 00:00, or empty at 05:00.
  schedule_.run_until(world_.days * kDayMs + 6 * kHourMs);
  calm();
  const std::int64_t end = schedule_.now_ms() + kPatienceMs;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    network_.set_up(n, true);
  }
  while (!what_is_missing().empty()) {
    if (schedule_.now_ms() >= end) {
      throw Failed("after hours without a fault: " + what_is_missing());
    }
    for (const auto& node : nodes_) {
      node->nudge();
    }
    if (clearing_->alive()) {
      clearing_->turn_at(schedule_.now_ms() + 1);
      if (!clearing_->closed(world_.period)) {
        clearing_->try_to_close(world_.period);
      }
    }
    schedule_.run_until(schedule_.now_ms() + 2 * kSecondMs);
  }
}

// Empty when all that was brought is posted, sealed, and acknowledged.
std::string Cluster::what_is_missing() {
  const auto folder = [](const Host& host) {
    return host.folder().empty()
               ? std::string()
               : host.code() + " has not decided about " + host.folder().begin()->first;
  };
  if (!clearing_->alive()) {
    return "the clearing is down";
  }
  if (!clearing_->folder().empty()) {
    return folder(*clearing_);
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    if (!nodes_[n]->alive()) {
      return nodes_[n]->code() + " is down";
    }
    if (!nodes_[n]->folder().empty()) {
      return folder(*nodes_[n]);
    }
    const NodeStatus status = node(n).status();
    if (status.sealed != static_cast<std::uint32_t>(world_.days) ||
        status.receipted != status.sealed) {
      return status.code + " has sealed " + std::to_string(status.sealed) + " of " +
             std::to_string(world_.days) + " days and holds receipts for " +
             std::to_string(status.receipted) +
             (status.alarms.empty() ? "" : "; alarm: " + status.alarms.front());
    }
    if (!status.asking.empty()) {
      return status.code + "'s counters wait for " + std::to_string(status.asking.size());
    }
    if (status.advices != clearing().house().advices(world_.provinces[n].number).size()) {
      return status.code + " has " + std::to_string(status.advices) + " advices";
    }
  }
  return clearing_->closed(world_.period) ? "" : world_.period.text() + " is not closed";
}

void Cluster::close_next_period() {
  for (int tries = 0; tries < 3; ++tries) {
    const auto answer = clearing_->close_late(world_.period.next(), world_.next_close);
    if (answer && !answer->closed) {
      throw Failed("after its cut-off " + world_.period.next().text() +
                   " can't be closed: " + answer->obstacles.front().what);
    }
    if (answer) {
      return;
    }
    schedule_.run_until(schedule_.now_ms() + 3 * kMinuteMs);  // It starts again.
  }
  throw Failed("the clearing dies over each close of " + world_.period.next().text());
}

void Cluster::restart_all() {
  clearing_->kill("everything is started again");
  for (const auto& node : nodes_) {
    node->kill("everything is started again");
  }
  schedule_.run_until(schedule_.now_ms() + 3 * kMinuteMs);
}

RunCounts Cluster::counts() const {
  RunCounts counts{.events = schedule_.happened(),
                   .messages = network_.sent(),
                   .deaths = clearing_->deaths(),
                   .durable_steps = clearing_->durable_steps()};
  for (const auto& node : nodes_) {
    counts.deaths += node->deaths();
    counts.durable_steps += node->durable_steps();
  }
  return counts;
}

}  // namespace ph::sim
