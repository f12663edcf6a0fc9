#include "app/clearing/process.h"

#include <map>
#include <optional>
#include <set>
#include <thread>

#include "app/clearing/day_file_desk.h"
#include "app/clearing/inputs.h"
#include "app/clearing/partner_desk.h"
#include "app/clearing/period_outputs.h"
#include "app/clearing/rating_view.h"
#include "app/clearing/view.h"
#include "app/process/file_desk.h"
#include "app/process/keys.h"
#include "app/process/shell.h"
#include "app/process/snapshot_child.h"
#include "clearing/clearing.h"
#include "platform/net/peer_server.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::int64_t kTurnMs = 20;
constexpr std::int64_t kUnsealedS = 600;  // A live day that is due for longer is worth a word.
constexpr std::int64_t kCloseMs = 3'600'000;
constexpr std::int64_t kRatingWaitsS = 3 * 86'400;  // Then somebody has to ask a province.
// Of a gateway of the clearing house: each message is a partner's request.
constexpr std::uint64_t kGatewayMessagesPerSecond = 20'000;
// A home answers twice for a redemption; what is dropped is asked again after a second.
constexpr std::uint64_t kPeerMessagesPerSecond = 10'000;
constexpr std::int64_t kReplacedMs =
    5'000;  // How often it is asked whether another has taken over.

class SocketPort final : public ExchangePort {
 public:
  explicit SocketPort(PeerServer& server) : server_(server) {}
  bool send(const Peer& to, const std::vector<std::byte>& message) override {
    kill_point<"clearing_before_send">();
    const bool queued = server_.send(to.route, message);
    kill_point<"clearing_after_send">();
    return queued;
  }

 private:
  PeerServer& server_;
};

class ClearingProcess {
 public:
  explicit ClearingProcess(ClearingConfig config)
      : config_(std::move(config)),
        shell_({.kind = "clearing",
                .code = config_.clearing.code,
                .clock = config_.clock,
                .log = config_.log,
                .log_anew = config_.log_anew,
                .listen = config_.http,
                .control = config_.control,
                .disks = {{.name = "data", .path = make_folder(config_.data)},
                          {.name = "periods", .path = make_folder(config_.periods)}}}),
        keys_(key_files(config_)),
        storage_(open_storage(storage_url(config_.journal, config_.data), config_.data.string())),
        clearing_(config_.clearing, storage_, keys_.signing_keys(), keys_.registry(),
                  [this](const ClosedPeriod& closed) { on_closed(closed); }),
        partners_(clearing_, config_.partner_signatures),
        files_(config_.inbox, *storage_.blobs,
               {.early =
                    [this](const PreparedFile& file) {
                      return partners_.early_answer(file, shell_.now());
                    },
                .rules = [this] { return clearing_.rules(); },
                .decide = [this](PreparedFile& file) { return decide(file); }},
               shell_.log(), shell_.metrics()),
        server_(shell_.loop().context(), server_options()),
        port_(server_),
        day_files_({}, clearing_.house(), *storage_.blobs, files_.inbox(), shell_.log(),
                   [this](const Peer& to, const wire::DayFile& day) {
                     port_.send(to, wire::encode(day));
                   }),
        metrics_(shell_.metrics()),
        child_(storage_url(config_.journal, config_.data)) {
    server_.on_message([this](const PeerMessage& message) {
      clearing_.on_message({.participant = message.participant, .route = message.route},
                           message.bytes, shell_.now(), shell_.steady_ms(), port_);
      if (clearing_.live_due() && !committing_) {
        committing_ = true;  // Behind the messages that have come by now.
        shell_.loop().post([this] {
          committing_ = false;
          clearing_.commit_live(port_);
        });
      }
    });
    clearing_.serve_day_files([this](const Peer& from, const wire::Message& message) {
      if (const auto* part = std::get_if<wire::DayFilePart>(&message)) {
        day_files_.on_part(from, *part, shell_.steady_ms());
      } else {
        day_files_.on_request(from, std::get<wire::DayFileRequest>(message));
      }
    });
    server_.on_expired([this](const PeerMessage& message) {
      clearing_.on_expired({.participant = message.participant, .route = message.route});
      port_.send({.participant = message.participant, .route = message.route},
                 wire::encode(wire::Refusal{
                     .code = static_cast<std::uint16_t>(wire::RefusalCode::kKeyNotValid),
                     .retry = true,
                     .detail = "the days of this transport key are over"}));
    });
  }

  void run() {
    keys_.remember_in(config_.data / "registry.revision");
    const std::int64_t began = shell_.steady_ms();
    clearing_.recover();
    shell_.log().info("recovered", {{"blocks", clearing_.last_block()},
                                    {"snapshot", clearing_.snapshot_block()},
                                    {"milliseconds", shell_.steady_ms() - began}});
    serve();
    allow(shell_.now().date());
    server_.bind();
    shell_.open();
    shell_.run(
        kTurnMs, [this] { return turn(); }, [this] { server_.close(); });
  }

 private:
  [[nodiscard]] PeerServerOptions server_options() const {
    return {.endpoint = config_.endpoint,
            .secret = &keys_.transport(),
            .beyond_loopback = config_.beyond_loopback,
            .rate_of = [this](const std::string& code) {
              return PeerRate{.messages_per_second = clearing_.is_gateway(code)
                                                         ? kGatewayMessagesPerSecond
                                                         : kPeerMessagesPerSecond};
            }};
  }

  // Who may connect today.
  void allow(BusinessDate today) {
    allowed_on_ = today;
    server_.set_allowed(keys_.transport_keys_on(today));
  }

  // True when there is more to do at once.
  bool turn() {
    const BusinessTime now = shell_.now();
    if (shell_.take_reload() || keys_.changed()) {
      reload_keys(now.date());
    } else if (now.date() != allowed_on_) {
      allow(now.date());
    }
    look_for_successor();
    const bool more = files_.turn([this] { return file_state(); }, shell_.steady_ms());
    seal_live_day(now);
    day_files_.tick(shell_.steady_ms());
    clearing_.tick(now, shell_.steady_ms(), port_);
    snapshot();
    watch(now);
    return more;
  }

  // Whoever has been replaced and takes nothing would go on saying that it is there.
  void look_for_successor() {
    if (shell_.steady_ms() - looked_ms_ >= kReplacedMs) {
      looked_ms_ = shell_.steady_ms();
      clearing_.check_not_replaced();
    }
  }

  void reload_keys(BusinessDate today) {
    if (keys_.reload_if_changed()) {
      clearing_.use_registry(keys_.registry());
      allow(today);
      shell_.log().info("registry_reloaded", {{"revision", keys_.registry().revision()}});
    } else if (!keys_.fault().empty()) {
      shell_.log().error("registry_refused", {{"why", keys_.fault()}});
    }
  }

  [[nodiscard]] FileDesk::State file_state() {
    return {clearing_.last_block(), shell_.now().date().count(), keys_.registry().revision()};
  }

  // A partner's day that is over, unless its file lies in the inbox: it may have come while nobody
  // was there to take it.
  void seal_live_day(BusinessTime now) {
    if (!clearing_.next_live_day(now) || !files_.is_read(file_state())) {
      return;
    }
    kill_point<"clearing_before_live_day">();
    if (const TakenBatch* batch = partners_.seal_live_day(now)) {
      kill_point<"clearing_after_live_day">();
      shell_.log().info("partner_day_sealed",
                        {{"sender", clearing_.house().rules().code(batch->taken.sender)},
                         {"sequence", batch->taken.sequence},
                         {"date", batch->taken.date.text()},
                         {"returned", batch->returned.size()}});
    }
  }

  IntakeAnswer decide(PreparedFile& file) {
    const bool partner = file.header && file.header->type == FileType::kPartnerDay;
    return partner ? partners_.take(file, files_.inbox().signature_of(file.name), keys_.registry(),
                                    shell_.now())
                   : clearing_.take_file(file, shell_.now());
  }

  // --- snapshots ---------------------------------------------------------------------------------

  void snapshot() {
    if (const auto ended = child_.poll(shell_.steady_ms())) {
      shell_.log().write(ended->good ? LogLevel::kInfo : LogLevel::kError, "snapshot",
                         {{"block", ended->block}, {"good", ended->good}});
      if (ended->good) {
        clearing_.snapshot_taken(ended->block);
      }
    }
    if (child_.may_begin(shell_.steady_ms()) && clearing_.snapshot_due()) {
      kill_point<"clearing_in_snapshot">();
      child_.begin(clearing_.last_block(), shell_.steady_ms(),
                   [this](SnapshotStore& snapshots) { clearing_.put_snapshot_into(snapshots); });
    }
  }

  // --- periods -----------------------------------------------------------------------------------

  void on_closed(const ClosedPeriod& closed) {
    kill_point<"clearing_in_outputs">();
    const SecretKey* key = keys_.signing_keys().counting(keys_.registry(), closed.cutoff.period);
    if (key == nullptr) {
      throw std::runtime_error("the outputs of " + closed.cutoff.period.text() +
                               " are still to be written, and the key that signs them is not here: "
                               "set keys.signing_next to the one that the registry names");
    }
    write_period(closed, clearing_.house(), clearing_.blobs(),
                 {.folder = config_.periods,
                  .pdf = config_.pdf,
                  .threads = std::max(1U, std::thread::hardware_concurrency()),
                  .key = key});
    shell_.log().info("period_closed", {{"period", closed.cutoff.period.text()},
                                        {"lines", closed.result.lines.size()}});
  }

  // --- questions ---------------------------------------------------------------------------------

  void serve() {
    shell_.get("/v1/status", [this](const std::string&) {
      ClearingViewInput input{
          .clearing = &clearing_, .now = shell_.now(), .steady_ms = shell_.steady_ms()};
      input.waiting.assign(files_.inbox().waiting().begin(), files_.inbox().waiting().end());
      return http::Response{.body = clearing_view_json(input)};
    });
    shell_.get("/v1/returned/{sender}",
               [this](const std::string& sender) { return about(sender, returned_json); });
    shell_.get("/v1/days/{sender}",
               [this](const std::string& sender) { return about(sender, days_json); });
    shell_.get("/v1/ratings", [this](const std::string&) {
      return http::Response{.body = ratings_json(clearing_, shell_.now())};
    });
    shell_.post("/v1/ratings/{rating}",
                [this](const std::string& rating) { return open_rating(rating); });
    shell_.get("/v1/blobs/{part}", [this](const std::string& part) { return blob(part); });
    shell_.post(
        "/v1/close/{period}", [this](const std::string& period) { return close(period, false); },
        kCloseMs);
    shell_.post(
        "/v1/close-dry-run/{period}",
        [this](const std::string& period) { return close(period, true); }, kCloseMs);
  }

  http::Response about(const std::string& code,
                       std::string (*answer)(const ClearingHouse&, Participant)) {
    const ClearingHouse& house = clearing_.house();
    const auto sender = house.has_rules() ? house.rules().by_code(code) : std::nullopt;
    if (!sender) {
      return http::refusal(404, "the rule book in force has no participant " + code);
    }
    return {.body = answer(house, *sender)};
  }

  // A part of what the store holds, for who computes a period anew (app/clearing/inputs.h).
  http::Response blob(const std::string& parameter) {
    const auto part = parse_blob_part(parameter);
    const auto found = part ? clearing_.blobs().get(part->digest, false) : std::nullopt;
    if (!found || part->offset >= found->bytes().size()) {
      return http::refusal(404, "the store has no such part of a blob");
    }
    const Bytes bytes = found->bytes().subspan(part->offset);
    const std::size_t size = std::min(bytes.size(), kBlobPartBytes);
    return {.content_type = "application/octet-stream",
            .body = std::string(reinterpret_cast<const char*>(bytes.data()), size)};
  }

  http::Response open_rating(const std::string& parameter) {
    const auto request = parse_rating_request(parameter);
    if (!request) {
      return http::refusal(400, "a rating is a grading's name and a month, such as star, 2016-03");
    }
    const RatingAnswer answer =
        clearing_.open_rating(request->key, request->provinces, shell_.now());
    if (answer.opened && !answer.again) {
      shell_.log().info("rating_opened",
                        {{"grading", request->key.grading}, {"month", request->key.month.text()}});
    }
    return {.status = answer.opened ? 200 : 409, .body = rating_answer_json(request->key, answer)};
  }

  http::Response close(const std::string& text, bool dry_run) {
    const auto period = Month::parse(text);
    if (!period) {
      return http::refusal(400, "a period is a month such as 2026-03");
    }
    // Before anything is journaled: a close whose outputs can't be written would end every start.
    const bool again = clearing_.house().closed().contains(*period);
    const auto log = log_before(clearing_.house(), config_.periods);
    CloseAnswer answer = clearing_.close(*period, shell_.now(), dry_run || !log);
    if (!again && !log) {
      answer.obstacles.push_back({.who = config_.clearing.code,
                                  .what = log.error(),
                                  .what_now = "bring that folder back from a copy"});
    }
    return {.status = answer.obstacles.empty() ? 200 : 409,
            .body = close_answer_json(*period, answer, (config_.periods / text).string())};
  }

  void watch(BusinessTime now) {
    if (!clearing_.house().has_rules() || shell_.steady_ms() - watched_ms_ < 1'000) {
      return;
    }
    watched_ms_ = shell_.steady_ms();
    if (const auto open = clearing_.house().open_period()) {
      const auto dates = clearing_.house().calendar().dates_of(*open);
      metrics_.cut_off.set(dates ? unix_seconds(end_of(dates->close)) : 0);
    }
    watch_live_days(now);
    watch_ratings(now);
    for (const ParticipantRow& row : clearing_.house().rules().participants()) {
      if (row.kind == ParticipantKind::kClearing) {
        continue;
      }
      const SenderState* state = clearing_.house().sender(row.participant);
      metrics_.last.with({row.code}).set(state == nullptr ? 0 : state->last());
      if (row.kind != ParticipantKind::kProvince) {
        continue;
      }
      const int overdue = clearing_.overdue_days(row.participant, now);
      metrics_.overdue.with({row.code}).set(overdue);
      if (overdue > 0 && alarmed_.insert({row.participant, now.date()}).second) {
        shell_.log().warning("batch_overdue", {{"sender", row.code}, {"days", overdue}});
      }
    }
  }

  void watch_ratings(BusinessTime now) {
    metrics_.rating_waits.set(ratings_waiting_s(clearing_, now));
    for (const auto& [key, rating] : clearing_.house().rating_book().ratings()) {
      if (rating.published()) {
        if (published_.insert(key).second && watched_ratings_) {
          shell_.log().info("thresholds_published",
                            {{"grading", key.grading}, {"month", key.month.text()}});
        }
        continue;
      }
      const bool long_open = now.seconds() - rating.opened.seconds() >= kRatingWaitsS;
      if (const auto waits = clearing_.rating_waits(key);
          waits && long_open && rating_alarmed_.insert({key, now.date()}).second) {
        shell_.log().warning("rating_waits", {{"grading", key.grading},
                                              {"month", key.month.text()},
                                              {"who", waits->who},
                                              {"why", waits->what}});
      }
    }
    watched_ratings_ = true;
  }

  void watch_live_days(BusinessTime now) {
    for (const ParticipantRow& row : clearing_.house().rules().participants()) {
      if (clearing_.house().rules().is_partner(row.participant)) {
        metrics_.unsealed.with({row.code}).set(0);
        metrics_.overdue.with({row.code}).set(0);
      }
    }
    for (const Clearing::LiveDay& day : clearing_.live_days(now)) {
      const std::string& code = clearing_.house().rules().code(day.partner);
      metrics_.unsealed.with({code}).set(day.items);
      const bool late = now >= day.due.plus_seconds(kUnsealedS);
      metrics_.overdue.with({code}).set(late ? 1 : 0);
      if (late && alarmed_.insert({day.partner, now.date()}).second) {
        shell_.log().warning("live_day_waits",
                             {{"sender", code}, {"date", day.date.text()}, {"why", day.waits}});
      }
    }
  }

  struct ClearingMetrics {
    explicit ClearingMetrics(Metrics& metrics)
        : last(metrics.gauges("pointhouse_clearing_last_sequence",
                              "Last sequence taken from a sender.", {"sender"})),
          overdue(metrics.gauges("pointhouse_clearing_overdue_batches",
                                 "Batches that are overdue, one a day, by sender.", {"sender"})),
          unsealed(metrics.gauges("pointhouse_clearing_live_events_unsealed",
                                  "Live events of a partner that are in no batch yet.",
                                  {"sender"})),
          rating_waits(metrics.gauge(
              "pointhouse_clearing_rating_waits_seconds",
              "How long a rating has been open without thresholds, at most; 0: none is.")),
          cut_off(metrics.gauge(
              "pointhouse_clearing_cut_off_seconds",
              "Business time of the open period's cut-off, as seconds since 1970 (UTC).")) {}
    GaugeFamily last;
    GaugeFamily overdue;
    GaugeFamily unsealed;
    Gauge rating_waits;
    Gauge cut_off;
  };

  ClearingConfig config_;
  Shell shell_;
  ProcessKeys keys_;
  Storage storage_;
  Clearing clearing_;
  PartnerDesk partners_;
  FileDesk files_;
  PeerServer server_;
  SocketPort port_;
  DayFileDesk day_files_;
  ClearingMetrics metrics_;
  SnapshotChild child_;
  std::int64_t watched_ms_{0};
  bool committing_{false};
  std::int64_t looked_ms_{0};
  BusinessDate allowed_on_{};
  std::set<std::pair<Participant, BusinessDate>> alarmed_;
  bool watched_ratings_{false};  // what was published before the start is no news
  std::set<RatingKey> published_;
  std::set<std::pair<RatingKey, BusinessDate>> rating_alarmed_;
};

}  // namespace

int run_clearing(ClearingConfig config) {
  ClearingProcess(std::move(config)).run();
  return 0;
}

}  // namespace ph
