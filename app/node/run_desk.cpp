#include "app/node/run_desk.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "app/node/kpi_view.h"
#include "app/node/run_view.h"
#include "platform/crypto/key_line.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kCountAgainMs = 5'000;
constexpr int kDaySeconds = 86'400;

std::vector<std::string> parts_of(const std::string& parameter) {
  std::vector<std::string> out(1);
  for (const char c : parameter) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// 0: it isn't a number.
std::uint32_t number_of(const std::string& text) {
  std::uint32_t out = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc() && end == text.data() + text.size() ? out : 0;
}

http::Response reply(const RunReply& said) {
  const Json out{{"good", said.good}, {"number", said.number}, {"text", said.text}};
  return {.status = said.good ? 200 : 409, .body = out.dump() + "\n"};
}

}  // namespace

RunDesk::RunDesk(Node& node, const OutFolder& out, Shell& shell)
    : node_(node),
      out_(out),
      shell_(shell),
      state_(shell.metrics().gauge("pointhouse_node_run_state",
                                   "Of the run under way: 1 counts, 4 grades, 5 posts; 0: none.")),
      done_(shell.metrics().gauge("pointhouse_node_run_steps_done", "Its steps that are done.")),
      steps_(shell.metrics().gauge("pointhouse_node_run_steps", "Its steps.")),
      late_(shell.metrics().gauge("pointhouse_node_notice_late",
                                  "1: no notice was made of points that expire, and its day is "
                                  "over.")),
      version_(shell.metrics().gauge("pointhouse_node_programme_version",
                                     "Version of the programme in force today; 0: none.")),
      undecided_(
          shell.metrics().gauge("pointhouse_node_runs_undecided",
                                "Runs that were counted and are neither published nor dropped.")),
      waits_(shell.metrics().gauges("pointhouse_node_waits_for_staff",
                                    "What waits for somebody of the province.", {"what"})),
      longest_(shell.metrics().gauges(
          "pointhouse_node_longest_wait_seconds",
          "How long ago the day began on which the oldest of these came, in days of 86,400 s.",
          {"what"})) {
  for (const char* what : {"orders", "complaints", "proposals", "registrations"}) {
    put_waiting(what, {}, 0);
  }
}

void RunDesk::write_file(std::uint32_t number) {
  const std::string name = node_.province().run_file_name(number);
  if (out_.put(name, node_.province().run_file(number))) {
    shell_.log().info("run_file", {{"run", number}, {"file", out_.path_of(name).string()}});
  }
}

void RunDesk::write_files() {
  for (const RunStatus& run : node_.run_status()) {
    bool& written = written_[run.number];
    if (run.has_file && !written) {
      write_file(run.number);
    }
    written = run.has_file;
  }
}

std::vector<std::string> RunDesk::alarms() const {
  std::string late = node_.late_notice(shell_.now());
  return late.empty() ? std::vector<std::string>() : std::vector{std::move(late)};
}

void RunDesk::watch() {
  const std::string late = node_.late_notice(shell_.now());
  late_.set(late.empty() ? 0 : 1);
  if (!late.empty() && late != told_) {
    shell_.log().error("alarm", {{"what", late}});
  }
  told_ = late;
  watch_programme();
  const Run* run = node_.province().run_under_way();
  state_.set(run == nullptr ? 0 : run->record.state);
  done_.set(run == nullptr ? 0 : run->record.cursor);
  steps_.set(run == nullptr ? 0 : run->record.steps);
}

// What is counted by walking over all that is open, once in a while.
void RunDesk::watch_programme() {
  if (counted_ms_ >= 0 && shell_.steady_ms() < counted_ms_ + kCountAgainMs) {
    return;
  }
  counted_ms_ = shell_.steady_ms();
  const DayPoster* poster = node_.province().poster();
  const MemberBook* book = poster == nullptr ? nullptr : poster->home().book();
  if (book == nullptr) {
    return;
  }
  const Programme* version = book->programmes().of_day(shell_.now().date());
  version_.set(version == nullptr ? 0 : version->rows().head.version);
  undecided_.set(std::ranges::count_if(book->runs().runs(),
                                       [](const Run& run) { return run.is(RunState::kCounted); }));
  const std::uint16_t today = shell_.now().date().count();
  const OrderBook& orders = book->orders();
  Waiting open;
  for (const std::uint32_t number : orders.open()) {
    open.add(orders.order(number).dates[book::OrderRecord::kCreated]);
  }
  put_waiting("orders", open, today);
  Waiting complaints;
  for (const std::uint32_t number : orders.open_complaints()) {
    complaints.add(orders.complaint(number).opened);
  }
  put_waiting("complaints", complaints, today);
  Waiting proposals;
  for (const std::uint32_t number : book->open_proposals()) {
    proposals.add(book->proposal(number).proposed);
  }
  put_waiting("proposals", proposals, today);
  Waiting registrations;
  for (const std::uint32_t number : book->registrations().open()) {
    registrations.add(book->registrations().at(number).opened);
  }
  put_waiting("registrations", registrations, today);
}

void RunDesk::put_waiting(const char* what, const Waiting& waiting, std::uint16_t today) {
  waits_.with({what}).set(waiting.count);
  const bool any = waiting.count > 0 && waiting.since < today;
  longest_.with({what}).set(any ? (today - waiting.since) * kDaySeconds : 0);
}

void RunDesk::serve() {
  shell_.get("/v1/run-preview/{number}", [this](const std::string& p) { return preview(p); });
  shell_.get("/v1/kpi/{month}", [this](const std::string& p) { return kpi(p); });
  shell_.post("/v1/run-begin/{run}", [this](const std::string& p) { return begin(p); });
  shell_.post("/v1/run-publish/{run}", [this](const std::string& p) { return publish(p); });
  shell_.post("/v1/run-by-last/{run}", [this](const std::string& p) {
    return reply(node_.grade_by_last(number_of(p), shell_.now()));
  });
  shell_.post("/v1/run-drop/{run}", [this](const std::string& p) { return drop(p); });
}

// 0: the last one that was begun.
http::Response RunDesk::preview(const std::string& parameter) const {
  const std::vector<RunStatus> runs = node_.run_status();
  const std::uint32_t asked = number_of(parameter);
  const std::size_t number = asked == 0 ? runs.size() : asked;
  if (number == 0 || number > runs.size()) {
    return http::refusal(404, "there is no such run: node run status names those there are");
  }
  const RunStatus& run = runs[number - 1];
  if (!run.has_file) {
    return http::refusal(404, "run " + std::to_string(number) + " is " +
                                  std::string(word(run.state)) + ": " + run.next);
  }
  const Province& province = node_.province();
  const Json out{{"run", run_json(run)},
                 {"digest", hex(province.run_digest(run.number))},
                 {"path", out_.path_of(province.run_file_name(run.number)).string()},
                 {"file", province.run_file(run.number)}};
  return {.body = out.dump() + "\n"};
}

// YYYY-MM; `last`: the last one that there is.
http::Response RunDesk::kpi(const std::string& parameter) const {
  const auto month = Month::parse(parameter);
  if (!month && parameter != "last") {
    return http::refusal(400, "a month is written as 2026-03");
  }
  const Province& province = node_.province();
  const std::vector<RunStatus> runs = node_.run_status();
  const auto found = std::find_if(runs.rbegin(), runs.rend(), [&month](const RunStatus& run) {
    return run.kind == RunKind::kKpi && run.has_file && (!month || run.of == *month);
  });
  if (found == runs.rend()) {
    return http::refusal(404, "there are no figures of " + (month ? parameter : "any month") +
                                  ": they are made with the first day opened behind a month, of "
                                  "which a day was sealed under a programme");
  }
  Json out = kpi_json(found->of.text(), province.run_file(found->number));
  out["path"] = out_.path_of(province.run_file_name(found->number)).string();
  return {.body = out.dump() + "\n"};
}

// kind,YYYY-MM,grading,anyway
http::Response RunDesk::begin(const std::string& parameter) {
  const std::vector<std::string> parts = parts_of(parameter);
  const auto kind = run_kind(parts.front());
  const auto of = parts.size() == 4 ? Month::parse(parts[1]) : std::nullopt;
  if (!kind || !of) {
    return reply({.text = "a run has a kind (AWARD, GRADE, NOTICE, KPI) and a month such as "
                          "2008-12"});
  }
  const RunReply said = node_.begin_run(*kind, parts[2], *of, parts[3] == "1", shell_.now());
  if (said.good) {
    written_[said.number] = false;
    shell_.log().info("run_begun", {{"run", said.number}});
  }
  return reply(said);
}

// number,digest,officer
http::Response RunDesk::publish(const std::string& parameter) {
  const std::vector<std::string> parts = parts_of(parameter);
  Digest digest{};
  // Without one the node says which run there is none of, or what it is.
  if (parts.size() != 3 || (!parts[1].empty() && !from_hex(parts[1], digest))) {
    return reply({.text = "a digest has 64 lower-case hexadecimal digits: node run preview shows "
                          "it"});
  }
  const std::uint32_t number = number_of(parts[0]);
  const std::vector<RunStatus> runs = node_.run_status();
  if (parts[1].empty() && number != 0 && number <= runs.size() &&
      runs[number - 1].state == RunState::kCounted) {
    return reply({.text = "the run's file can't be read: look at it with node run preview --json, "
                          "then say its digest with --digest"});
  }
  const RunReply said = node_.publish_run(number, digest, parts[2], shell_.now());
  if (said.good) {
    shell_.log().info("run_published", {{"run", said.number}, {"officer", parts[2]}});
  }
  return reply(said);
}

// number,officer
http::Response RunDesk::drop(const std::string& parameter) {
  const std::vector<std::string> parts = parts_of(parameter);
  const RunReply said = node_.drop_run(number_of(parts[0]), parts.back(), shell_.now());
  if (said.good) {
    shell_.log().info("run_dropped", {{"run", said.number}, {"officer", parts.back()}});
  }
  return reply(said);
}

}  // namespace ph
