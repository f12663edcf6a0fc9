#include "app/gateway/process.h"

#include <stdexcept>
#include <utility>

#include "app/gateway/view.h"
#include "app/process/keys.h"
#include "app/process/shell.h"
#include "partners/gate.h"
#include "partners/line.h"
#include "platform/net/peer_client.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

constexpr std::int64_t kGatewayTurnMs = 20;

class LineSocket final : public LinePort {
 public:
  explicit LineSocket(PeerClient& client) : client_(client) {}
  bool send(const std::vector<std::byte>& message) override { return client_.send(message); }
  void reconnect() override { reconnect_ = true; }
  [[nodiscard]] bool take_reconnect() { return std::exchange(reconnect_, false); }

 private:
  PeerClient& client_;
  bool reconnect_{false};
};

class GatewayProcess {
 public:
  explicit GatewayProcess(GatewayConfig config)
      : config_(std::move(config)),
        shell_({.kind = "gateway",
                .code = config_.code,
                .clock = config_.clock,
                .log = config_.log,
                .log_anew = config_.log_anew,
                .listen = config_.http,
                .control = config_.control}),
        keys_(key_files(config_)),
        client_(shell_.loop().context(), client_options({})),
        port_(client_),
        line_({.questions_max = config_.questions_max}, port_),
        gate_(
            {.folder = make_folder(config_.spool),
             .at_a_time_max = config_.requests_of_partner_max},
            ApiKeys(keys_.registry()), [this] { return shell_.now(); },
            [this](const ApiRequest& request, std::shared_ptr<const http::BodyFile> day_file,
                   PartnerGate::Answered answered) {
              ask(request, std::move(day_file), std::move(answered));
            }),
        api_(shell_.loop(), config_.limits),
        metrics_(shell_.metrics()) {
    client_.on_message([this](Bytes message) { line_.on_message(message, shell_.steady_ms()); });
    api_.serve([this](const http::Request& request) { return gate_.admit(request); },
               [this](const http::Request& request, const http::Reply& reply) {
                 gate_.handle(request, reply);
               });
    api_.refuse_with(&PartnerGate::refuse);
    api_.watch(shell_.metrics(), "pointhouse_api");
    for (const std::string& host : config_.hosts) {
      api_.allow_host(host);
    }
  }

  void run() {
    const auto keys = clearing_keys();
    if (keys.empty()) {
      throw std::runtime_error(no_key());
    }
    shell_.get("/v1/status", [this](const std::string&) { return status(); });
    listen();
    shell_.open();
    connect(keys);
    // Who has asked gets the answer, if it comes in time: the line stays until the last one has.
    shell_.set_ending([this](std::function<void()> ended) { api_.stop(std::move(ended)); });
    shell_.run(
        kGatewayTurnMs, [this] { return turn(); }, [] {});
    client_.close();
  }

 private:
  [[nodiscard]] PeerClientOptions client_options(const PublicKey& server_key) const {
    const int queue = static_cast<int>(config_.questions_max);
    return {.endpoint = config_.endpoint,
            .server_key = server_key,
            .secret = &keys_.transport(),
            .send_queue_messages = queue,
            .receive_queue_messages = queue};
  }

  void listen() {
    const auto [address, port] = address_of(config_.listen, "api.listen");
    const std::uint16_t bound = api_.listen_tls(address, port, config_.tls);
    at_ = config_.listen.substr(0, config_.listen.rfind(':') + 1) + std::to_string(bound);
    shell_.log().info("api_open", {{"listen", at_}});
  }

  void ask(const ApiRequest& request, std::shared_ptr<const http::BodyFile> day_file,
           PartnerGate::Answered answered) {
    kill_point<"gateway_before_ask">();
    line_.ask(
        request, std::move(day_file),
        [answered = std::move(answered)](const ApiReply& reply) {
          kill_point<"gateway_before_reply">();
          answered(reply);
          kill_point<"gateway_after_reply">();
        },
        shell_.steady_ms());
    kill_point<"gateway_after_ask">();
  }

  // --- the clearing ------------------------------------------------------------------------------

  [[nodiscard]] std::vector<PublicKey> clearing_keys() const {
    return keys_.transports_of(config_.clearing, shell_.now().date());
  }

  [[nodiscard]] std::string no_key() const {
    return "the registry has no transport key of " + config_.clearing + " for " +
           shell_.now().date().text() + ": pointhouse registry add, then sign";
  }

  // While the clearing changes from one key to another both count: they are tried in turn.
  void connect(const std::vector<PublicKey>& keys) {
    connected_ = false;
    client_.connect(client_options(keys[attempts_++ % keys.size()]));
  }

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

  void watch_connection() {
    const bool connected = client_.connected();
    if (connected && !connected_) {
      line_.on_connected(shell_.now(), shell_.steady_ms());
      attempts_ = 0;
    }
    connected_ = connected;
    const bool heard = line_.heard(shell_.steady_ms());
    if (heard != heard_) {
      shell_.log().write(heard ? LogLevel::kInfo : LogLevel::kWarning,
                         heard ? "clearing_heard" : "clearing_silent",
                         {{"endpoint", config_.endpoint}});
    }
    heard_ = heard;
    if (line_.unlisted() && !unlisted_) {
      shell_.log().error("not_admitted", {{"why", not_listed(config_.code)}});
    }
    unlisted_ = line_.unlisted();
  }

  bool turn() {
    const bool told = shell_.take_reload();
    if (told) {
      reload_tls();
    }
    if (told || keys_.changed()) {
      reload_keys();
    }
    watch_connection();
    line_.tick(shell_.now(), shell_.steady_ms());
    if (port_.take_reconnect()) {
      reconnect();
    }
    metrics_.connected.set(heard_ ? 1 : 0);
    metrics_.questions.set(line_.questions());
    metrics_.certificate.set(api_.tls_not_after());
    metrics_.repeated.raise_to(line_.counts().repeated);
    metrics_.expired.raise_to(line_.counts().expired);
    return false;
  }

  // --- what may be read anew ---------------------------------------------------------------------

  void reload_keys() {
    if (keys_.reload_if_changed()) {
      gate_.set_keys(ApiKeys(keys_.registry()));
      shell_.log().info("registry_reloaded", {{"revision", keys_.registry().revision()}});
      if (!line_.heard(shell_.steady_ms())) {
        attempts_ = 0;
        reconnect();
      }
    } else if (!keys_.fault().empty()) {
      shell_.log().error("registry_refused", {{"why", keys_.fault()}});
    }
  }

  // A certificate that is no good changes nothing.
  void reload_tls() {
    try {
      api_.reload_tls();
      shell_.log().info("certificate_reloaded", {{"ends_s", api_.tls_not_after()}});
    } catch (const std::runtime_error& failure) {  // std::system_error, too.
      shell_.log().error("certificate_refused", {{"why", failure.what()}});
    }
  }

  http::Response status() {
    return {.body = gateway_view_json({.code = config_.code,
                                       .clearing = config_.clearing,
                                       .now = shell_.now(),
                                       .connected = line_.heard(shell_.steady_ms()),
                                       .key_refused = client_.handshake_refused(),
                                       .unlisted = line_.unlisted(),
                                       .endpoint = config_.endpoint,
                                       .api = at_,
                                       .certificate_ends_s = api_.tls_not_after(),
                                       .registry_revision = keys_.registry().revision(),
                                       .participants = line_.participants(),
                                       .questions = line_.questions(),
                                       .counts = line_.counts(),
                                       .http = api_.counts()})};
  }

  struct GatewayMetrics {
    explicit GatewayMetrics(Metrics& metrics)
        : connected(metrics.gauge("pointhouse_gateway_connected", "1: the clearing speaks.")),
          questions(metrics.gauge("pointhouse_gateway_questions",
                                  "Questions to the clearing without an answer.")),
          certificate(metrics.gauge("pointhouse_gateway_certificate_ends_seconds",
                                    "When the certificate ends, as seconds since 1970 (UTC).")),
          repeated(metrics.counter("pointhouse_gateway_repeated_total",
                                   "Questions that were sent to the clearing again.")),
          expired(metrics.counter("pointhouse_gateway_expired_total",
                                  "Questions without an answer in time: UNDECIDED.")) {}
    Gauge connected;
    Gauge questions;
    Gauge certificate;
    Counter repeated;
    Counter expired;
  };

  GatewayConfig config_;
  Shell shell_;
  ProcessKeys keys_;
  PeerClient client_;
  LineSocket port_;
  ClearingLine line_;
  PartnerGate gate_;
  http::Server api_;
  GatewayMetrics metrics_;
  std::string at_;
  bool connected_{false};
  bool heard_{false};
  bool unlisted_{false};
  std::size_t attempts_{0};  // since it was connected last
};

}  // namespace

int run_gateway(GatewayConfig config) {
  GatewayProcess(std::move(config)).run();
  return 0;
}

}  // namespace ph
