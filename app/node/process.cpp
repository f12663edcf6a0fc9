#include "app/node/process.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/node/counter_desk.h"
#include "app/node/member_desk.h"
#include "app/node/out_folder.h"
#include "app/node/run_desk.h"
#include "app/node/standing_view.h"
#include "app/node/view.h"
#include "app/process/file_desk.h"
#include "app/process/keys.h"
#include "app/process/shell.h"
#include "app/process/snapshot_child.h"
#include "core/statement/names.h"
#include "node/node.h"
#include "platform/net/peer_client.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::int64_t kTurnMs = 20;
// The answers of one block, sent together: one that finds no room is asked for again after a
// second.
constexpr int kAnswersAtOnce = 1'024;
constexpr std::int64_t kAskedMs = 1'000;  // For so long after an ask another one is expected.
constexpr const char* kPostedSuffix = ".posted.csv";
constexpr std::int64_t kReplacedMs =
    5'000;  // How often it is asked whether another has taken over.

// Messages of the node go out through the socket.
class SocketPort final : public UplinkPort {
 public:
  explicit SocketPort(PeerClient& client) : client_(client) {}
  bool send(const std::vector<std::byte>& message) override {
    kill_point<"node_before_send">();
    const bool queued = client_.send(message);
    kill_point<"node_after_send">();
    return queued;
  }
  void reconnect() override { reconnect_ = true; }
  [[nodiscard]] bool take_reconnect() { return std::exchange(reconnect_, false); }

 private:
  PeerClient& client_;
  bool reconnect_{false};
};

class NodeProcess {
 public:
  explicit NodeProcess(NodeConfig config)
      : config_(std::move(config)),
        shell_({.kind = "node",
                .code = config_.node.code,
                .clock = config_.clock,
                .log = config_.log,
                .log_anew = config_.log_anew,
                .listen = config_.http,
                .control = config_.control,
                .disks = {{.name = "data", .path = make_folder(config_.data)},
                          {.name = "inbox", .path = make_folder(config_.inbox)}}}),
        keys_(key_files(config_)),
        storage_(open_storage(storage_url(config_.journal, config_.data), config_.data.string())),
        node_(config_.node, storage_, keys_.signing_keys(), keys_.registry()),
        files_(
            config_.inbox, *storage_.blobs,
            {.early =
                 [this](const PreparedFile& file) {
                   return node_.early_answer(file, shell_.now());
                 },
             .rules = [this] { return node_.rules(); },
             .decide = [this](PreparedFile& file) { return node_.take_file(file, shell_.now()); }},
            shell_.log(), shell_.metrics()),
        client_(shell_.loop().context(), client_options({})),
        port_(client_),
        metrics_(shell_.metrics()),
        counters_(shell_.loop(), {.socket = counter_socket(config_), .code = config_.node.code},
                  node_,
                  {.now = [this] { return shell_.now(); },
                   .steady_ms = [this] { return shell_.steady_ms(); },
                   .commit_soon = [this] { commit_soon(); }},
                  shell_.log()),
        out_(out_folder(config_)),
        runs_(node_, out_, shell_),
        child_(storage_url(config_.journal, config_.data)) {
    if (!config_.members.listen.empty()) {
      make_member_desk();
    }
    client_.on_message([this](Bytes message) { on_message(message); });
  }

  void run() {
    keys_.remember_in(config_.data / "registry.revision");
    const std::int64_t began = shell_.steady_ms();
    node_.recover();
    shell_.log().info("recovered", {{"blocks", node_.last_block()},
                                    {"milliseconds", shell_.steady_ms() - began}});
    report_if_it_lacks();
    write_day_files();
    runs_.write_files();
    serve();
    runs_.serve();
    const auto keys = clearing_keys();
    if (keys.empty()) {
      throw std::runtime_error(no_key());
    }
    shell_.open();
    counters_.open();
    if (members_) {
      (void)members_->open();
    }
    connect(keys);
    shell_.set_ending([this](std::function<void()> ended) { end(std::move(ended)); });
    shell_.run(
        kTurnMs, [this] { return turn(); },
        [this] {
          client_.close();
          counters_.stop();
        });
  }

 private:
  [[nodiscard]] PeerClientOptions client_options(const PublicKey& server_key) const {
    return {.endpoint = config_.endpoint,
            .server_key = server_key,
            .secret = &keys_.transport(),
            .send_queue_messages = kAnswersAtOnce};
  }

  void make_member_desk() {
    members_ = std::make_unique<MemberDesk>(
        shell_.loop(), config_.members,
        MemberDesk::Folders{.look_ups = look_ups_folder(config_),
                            .history = history_folder(config_)},
        node_,
        MemberDesk::Process{.now = [this] { return shell_.now(); },
                            .steady_ms = [this] { return shell_.steady_ms(); },
                            .asked = [this] { asked_ms_ = shell_.steady_ms(); },
                            .commit_soon = [this] { commit_soon(); }},
        shell_.log(), shell_.metrics());
  }

  // Channels whose request is here get their answer.
  void end(std::function<void()> ended) {
    if (members_) {
      members_->stop(std::move(ended));
    } else {
      ended();
    }
  }

  // While the clearing changes from one key to another both count: it has either, so they are tried
  // in turn, the later one first.
  void connect(const std::vector<PublicKey>& keys) {
    client_.connect(client_options(keys[attempts_++ % keys.size()]));
    node_.on_connected(shell_.steady_ms());
  }

  [[nodiscard]] std::vector<PublicKey> clearing_keys() const {
    return keys_.transports_of(config_.node.clearing, shell_.now().date());
  }

  [[nodiscard]] std::string no_key() const {
    return "the registry has no transport key of " + config_.node.clearing + " for " +
           shell_.now().date().text() + ": pointhouse registry add, then sign";
  }

  // Without a key of the clearing's for today there is nobody to connect to; all else goes on, and
  // a new registry has it tried at once.
  void reconnect() {
    shell_.log().warning(
        "reconnecting", {{"endpoint", config_.endpoint}, {"refused", client_.handshake_refused()}});
    const auto keys = clearing_keys();
    if (keys.empty()) {
      shell_.log().error("no_key", {{"why", no_key()}});
      return;
    }
    connect(keys);
  }

  // The clearing was gone and is there again, on the same socket: what was under way is lost.
  void watch_connection() {
    const bool connected = client_.connected();
    if (connected && !connected_) {
      node_.on_connected(shell_.steady_ms());
      attempts_ = 0;
    }
    connected_ = connected;
  }

  // True when there is more to do at once.
  bool turn() {
    const bool told = shell_.take_reload();
    if (told || keys_.changed()) {
      reload_keys();
    }
    if (told && members_) {
      members_->reload_tls();
    }
    const BusinessTime now = shell_.now();
    const bool reading = files_.turn([this] { return file_state(); }, shell_.steady_ms());
    if (committing_) {
      commit_live();  // Nobody waits for the slice who came before it.
    }
    kill_point<"node_posting">();
    const bool more = node_.post_slice(now, shell_.steady_ms() - asked_ms_ < kAskedMs);
    runs_.write_files();
    const bool went_on = seal(now);  // Then the next day may be due at once.
    watch_connection();
    node_.tick(now, shell_.steady_ms(), port_);
    tell();
    counters_.turn();
    if (members_) {
      members_->turn();
    }
    if (port_.take_reconnect()) {
      reconnect();
    }
    look_for_successor();
    snapshot();
    watch();
    return more || reading || went_on;
  }

  [[nodiscard]] FileDesk::State file_state() {
    return {node_.last_block(), shell_.now().date().count(), 0};
  }

  void reload_keys() {
    if (keys_.reload_if_changed()) {
      node_.use_registry(keys_.registry());
      shell_.log().info("registry_reloaded", {{"revision", keys_.registry().revision()}});
      if (!node_.heard(shell_.steady_ms())) {
        attempts_ = 0;
        reconnect();
      }
    } else if (!keys_.fault().empty()) {
      shell_.log().error("registry_refused", {{"why", keys_.fault()}});
    }
  }

  // Whoever has been replaced and has nothing to journal would go on as if it hadn't.
  void look_for_successor() {
    if (shell_.steady_ms() - looked_ms_ >= kReplacedMs) {
      looked_ms_ = shell_.steady_ms();
      node_.check_not_replaced();
    }
  }

  // --- days --------------------------------------------------------------------------------------

  // True when a day was sealed, or opened without its file.
  bool seal(BusinessTime now) {
    const std::size_t before = node_.province().sealed().size();
    if (!node_.seal_due(now, [this] { return files_.is_read(file_state()); })) {
      return false;
    }
    if (node_.province().sealed().size() == before) {
      return true;  // A day without a file was opened.
    }
    kill_point<"node_sealed">();
    const SealedDay& day = node_.province().sealed().back();
    report_last_day();
    write_day_files();
    shell_.log().info("day_sealed", {{"date", day.date},
                                     {"sequence", day.sequence},
                                     {"rows", day.rows},
                                     {"returned", day.returned},
                                     {"batch", hex(day.batch)}});
    files_.look_again();  // The next day's file may wait for this.
    return true;
  }

  // The process before may have died between a seal and its report.
  void report_if_it_lacks() {
    const Province& province = node_.province();
    if (!province.sealed().empty() && province.last_returned() != nullptr &&
        !files_.inbox().has_report(report_name(), kPostedSuffix)) {
      report_last_day();
    }
  }

  void report_last_day() {
    const Province& province = node_.province();
    files_.inbox().add_report(report_name(), kPostedSuffix,
                              returned_report(*province.last_returned(), *province.rules()));
  }

  // Of the day sealed last: the process before may have died between the seal and the files.
  void write_day_files() {
    const Province& province = node_.province();
    if (province.sealed().empty()) {
      return;
    }
    const SealedDay& day = province.sealed().back();
    if (const auto text = province.fixed_line_file(day)) {
      kill_point<"node_fixed_line">();
      out_.put(province.fixed_line_file_name(day), *text);
    }
    for (const Province::File& file : province.standing_files()) {
      kill_point<"node_standing_file">();
      out_.put(file.name, file.text);
    }
    if (const auto text = province.top_up_file(day)) {
      kill_point<"node_top_up">();
      out_.put(province.top_up_file_name(day), *text);
    }
  }

  [[nodiscard]] std::string report_name() const {
    return config_.node.code + "-" + node_.province().sealed().back().date.text();
  }

  // The rows that were sent back, as a province's people read them.
  static std::string returned_report(const std::vector<ReturnedRow>& rows, const RuleBook& rules) {
    std::string out = "serial,kind,id,code\n";
    const Names names(rules);
    for (const ReturnedRow& row : rows) {
      out += std::to_string(row.serial) + "," + std::string(word(row.kind)) + "," +
             names.text(row.id) + "," + std::string(word(row.code)) + "\n";
    }
    return out;
  }

  // --- the wire ----------------------------------------------------------------------------------

  void on_message(Bytes message) {
    const std::uint32_t before = node_.province().last_receipted();
    node_.on_message(message, shell_.now(), shell_.steady_ms(), port_);
    if (node_.answers_wait()) {
      commit_soon();
    }
    for (std::uint32_t n = before + 1; n <= node_.province().last_receipted(); ++n) {
      const SealedDay& day = *node_.province().sealed_at(n);
      shell_.log().info(
          "receipt",
          {{"sequence", n}, {"date", day.date}, {"returned", day.receipt->returned.size()}});
    }
  }

  // Behind the messages and requests that have come by now: they share a block.
  void commit_soon() {
    asked_ms_ = shell_.steady_ms();
    if (!std::exchange(committing_, true)) {
      shell_.loop().post([this] {
        committing_ = false;
        commit_live();
      });
    }
  }

  void commit_live() {
    node_.commit_live(shell_.steady_ms(), port_);
    tell();
  }

  // Who waits for what is durable now.
  void tell() {
    counters_.tell();
    if (members_) {
      members_->tell();
    }
  }

  // --- snapshots ---------------------------------------------------------------------------------

  void snapshot() {
    if (const auto ended = child_.poll(shell_.steady_ms())) {
      shell_.log().write(ended->good ? LogLevel::kInfo : LogLevel::kError, "snapshot",
                         {{"block", ended->block}, {"good", ended->good}});
      if (ended->good) {
        node_.snapshot_taken(ended->block);
      }
    }
    if (child_.may_begin(shell_.steady_ms()) && node_.snapshot_due()) {
      kill_point<"node_in_snapshot">();
      child_.begin(node_.last_block(), shell_.steady_ms(),
                   [this](SnapshotStore& snapshots) { node_.put_snapshot_into(snapshots); });
    }
  }

  // --- questions ---------------------------------------------------------------------------------

  void serve() {
    shell_.set_health([this] {
      return std::string(stopped_ ? "nothing is sent until somebody has looked: see the alarms of "
                                    "`pointhouse node status`"
                                  : "");
    });
    shell_.get("/v1/status", [this](const std::string&) { return status(); });
    shell_.get("/v1/returned", [this](const std::string&) { return returned(); });
    shell_.get("/v1/members/{number}", [this](const std::string& n) { return balance(n); });
    shell_.get("/v1/programme-member/{of}", [this](const std::string& of) {
      const DayPoster* poster = node_.province().poster();
      return poster == nullptr
                 ? http::refusal(404, "the node has no rule book or no opening file yet")
                 : standing_response(poster->home(), of, shell_.now().date());
    });
    shell_.get("/v1/programme-calls/{of}", [this](const std::string& of) {
      const DayPoster* poster = node_.province().poster();
      return poster == nullptr
                 ? http::refusal(404, "the node has no rule book or no opening file yet")
                 : calls_response(poster->home(), of);
    });
    shell_.post("/v1/retry", [this](const std::string&) {
      node_.retry(shell_.steady_ms());
      return http::Response{.body = "{}\n"};
    });
  }

  http::Response status() {
    NodeView view{.status = node_.status(),
                  .now = shell_.now(),
                  .connected = node_.heard(shell_.steady_ms()),
                  .key_refused = client_.handshake_refused(),
                  .province = &node_.province()};
    for (std::string& alarm : desk_alarms()) {
      view.status.alarms.push_back(std::move(alarm));
    }
    view.waiting.assign(files_.inbox().waiting().begin(), files_.inbox().waiting().end());
    for (const std::string& name : files_.inbox().ignored()) {
      view.waiting.emplace_back(name, "is no plain file that can be read");
    }
    return {.body = node_view_json(view)};
  }

  static const char* state_word(MemberState state) {
    switch (state) {
      case MemberState::kHome:
        return "home";
      case MemberState::kMoved:
        return "moved";
      case MemberState::kClosed:
        return "closed";
    }
    return "";
  }

  // Of the open day so far; when none is open, of the one sealed last.
  [[nodiscard]] http::Response returned() const {
    const Province& province = node_.province();
    const auto& open = province.open();
    if (!open && province.last_returned() == nullptr) {
      return http::refusal(404, "no day is open, and none was sealed since the node began");
    }
    const auto& rows = open ? province.poster()->home().returned() : *province.last_returned();
    const BusinessDate date = open ? open->taken.date : province.sealed().back().date;
    const nlohmann::ordered_json out{{"date", date.text()},
                                     {"sealed", !open},
                                     {"rows", returned_report(rows, *province.rules())}};
    return {.body = out.dump() + "\n"};
  }

  http::Response balance(const std::string& number) {
    const auto member = Member::parse(number);
    if (!member) {
      return http::refusal(400, "a member number has 14 digits and a right check digit");
    }
    const DayPoster* poster = node_.province().poster();
    const auto found =
        poster == nullptr ? std::nullopt : poster->home().balance(*member, shell_.now().date());
    if (!found) {
      return http::refusal(404, "no such member was ever at home here");
    }
    nlohmann::ordered_json out{{"member", number},        {"state", state_word(found->state)},
                               {"points", found->points}, {"available", found->available},
                               {"held", found->held},     {"debts", found->debts}};
    out["lots"] = nlohmann::ordered_json::array();
    const Names names(*node_.province().rules());
    for (const Lot& lot : poster->home().lots(*member)) {
      if (lot.remaining > 0) {
        out["lots"].push_back({{"lot", names.text(TransactionId::of(lot.id))},
                               {"earned_month", lot.earned_month.text()},
                               {"expires_on", lot.expires_on.text()},
                               {"source", word(lot.source)},
                               {"rating", lot.rating},
                               {"original", lot.original},
                               {"remaining", lot.remaining},
                               {"held", lot.held}});
      }
    }
    return {.body = out.dump() + "\n"};
  }

  [[nodiscard]] std::vector<std::string> desk_alarms() const {
    std::vector<std::string> out = members_ ? members_->alarms() : std::vector<std::string>();
    std::ranges::move(runs_.alarms(), std::back_inserter(out));
    return out;
  }

  void watch() {
    const NodeStatus status = node_.status();
    metrics_.sealed.set(status.sealed);
    metrics_.receipted.set(status.receipted);
    metrics_.alarms.set(status.alarms.size() + desk_alarms().size());
    stopped_ = status.stopped;
    metrics_.connected.set(node_.heard(shell_.steady_ms()) ? 1 : 0);
    metrics_.waiting.set(files_.inbox().waiting().size());
    metrics_.asking.set(status.asking.size());
    runs_.watch();
    for (std::size_t n = alarms_logged_; n < status.alarms.size(); ++n) {
      shell_.log().error("alarm", {{"what", status.alarms[n]}});
    }
    alarms_logged_ = status.alarms.size();
  }

  struct NodeMetrics {
    explicit NodeMetrics(Metrics& metrics)
        : sealed(metrics.gauge("pointhouse_node_sealed_sequence", "Last sequence sealed.")),
          receipted(metrics.gauge("pointhouse_node_receipted_sequence",
                                  "All sequences up to this one have receipts.")),
          alarms(metrics.gauge("pointhouse_node_alarms", "Alarms that somebody must look at.")),
          connected(metrics.gauge("pointhouse_node_connected", "1: the clearing speaks.")),
          waiting(metrics.gauge("pointhouse_inbox_waiting_files", "Files that wait in the inbox.")),
          asking(metrics.gauge("pointhouse_node_asking",
                               "Counters' requests without an answer of other homes.")) {}
    Gauge sealed;
    Gauge receipted;
    Gauge alarms;
    Gauge connected;
    Gauge waiting;
    Gauge asking;
  };

  NodeConfig config_;
  Shell shell_;
  ProcessKeys keys_;
  Storage storage_;
  Node node_;
  FileDesk files_;
  PeerClient client_;
  SocketPort port_;
  NodeMetrics metrics_;
  CounterDesk counters_;
  std::unique_ptr<MemberDesk> members_;  // none: nobody asks
  OutFolder out_;
  RunDesk runs_;
  SnapshotChild child_;
  bool committing_{false};
  bool connected_{false};
  std::size_t attempts_{0};  // since it was connected last
  std::int64_t looked_ms_{0};
  std::int64_t asked_ms_{-kAskedMs};  // when somebody last asked for something live
  std::size_t alarms_logged_{0};
  bool stopped_{false};
};

}  // namespace

int run_node(NodeConfig config) {
  NodeProcess(std::move(config)).run();
  return 0;
}

}  // namespace ph
