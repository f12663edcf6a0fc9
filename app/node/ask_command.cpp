#include "app/node/ask_command.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "platform/http/client.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kAskedMs = 25'000;
constexpr std::int64_t kAskedPointsMax = 100'000'000'000;

// What a kind needs, and where it goes.
struct AskedKind {
  const char* name;
  const char* path;
  bool member;
  bool of;
  bool points;
  bool goods;
};
constexpr AskedKind kAskedKinds[] = {
    {"redeem", "/v1/redemptions", true, false, true, true},
    {"hold", "/v1/holds", true, false, true, false},
    {"capture", "/v1/holds/{of}/captures", false, true, true, true},
    {"void", "/v1/holds/{of}/void", false, true, false, false},
    {"refund", "/v1/refunds", true, true, true, false},
    {"move", "/v1/moves", true, false, false, false},
    {"look-up", "/v1/transactions/{id}", false, false, false, false},
};

const AskedKind& asked_kind_of(const AskOptions& options) {
  for (const AskedKind& kind : kAskedKinds) {
    if (options.kind == kind.name) {
      return kind;
    }
  }
  throw std::logic_error("a kind that the command line let pass");
}

// The first option that lacks, or is too much; empty: all is well.
std::string usage_fault_of(const AskedKind& kind, const AskOptions& options) {
  const std::string name = kind.name;
  const auto fault = [&](bool needed, bool given, const char* option) -> std::string {
    return needed == given ? ""
                           : name + (needed ? " needs " : " has no ") + std::string(option) +
                                 "; see pointhouse node ask --help";
  };
  const bool gift = kind.goods && options.form == "GIFT";
  const bool costs = options.cost != 0 || options.freight != 0 || options.cash != 0;
  const bool capture = name == "capture";
  const bool hold = name == "hold";
  for (const std::string& text :
       {fault(kind.member, !options.member.empty(), "--member"),
        fault(kind.of, !options.of.empty(), "--of"),
        fault(kind.points, options.points != 0, "--points"),
        fault(kind.goods, !options.form.empty(), "--form"),
        !gift && costs ? name + " has --cost, --freight, --cash with --form GIFT alone" : "",
        !capture && options.final ? fault(false, true, "--final") : "",
        !hold && options.hold_seconds != 0 ? fault(false, true, "--hold-seconds") : ""}) {
    if (!text.empty()) {
      return text;
    }
  }
  return "";
}

std::string body_of(const AskedKind& kind, const AskOptions& options) {
  Json body = Json::object();
  const std::string name = kind.name;
  if (name == "refund") {
    body["parent"] = options.of;
  }
  if (kind.member) {
    body["member"] = options.member;
  }
  if (kind.points) {
    body["points"] = options.points;
  }
  if (kind.goods) {
    body["form"] = options.form;
    if (options.form == "GIFT") {
      body["cost"] = options.cost;
      body["freight"] = options.freight;
      body["cash"] = options.cash;
    }
  }
  if (name == "capture") {
    body["final"] = options.final;
  }
  if (name == "hold" && options.hold_seconds != 0) {
    body["seconds"] = options.hold_seconds;
  }
  return body.dump();
}

std::string path_of(const AskedKind& kind, const AskOptions& options) {
  std::string path = kind.path;
  const auto put = [&path](const std::string& name, const std::string& value) {
    if (const std::size_t at = path.find(name); at != std::string::npos) {
      path.replace(at, name.size(), value);
    }
  };
  put("{of}", options.of);
  put("{id}", options.id);
  return path;
}

http::ReadResponse ask_once(const http::Endpoint& to, const AskedKind& kind,
                            const AskOptions& options) {
  try {
    return std::string(kind.name) == "look-up"
               ? http::http_get(to, path_of(kind, options), kAskedMs)
               : http::http_post(to, path_of(kind, options), body_of(kind, options), kAskedMs,
                                 "application/json", {{"Idempotency-Key", options.id}});
  } catch (const std::system_error& failure) {
    if (failure.code() != std::errc::no_such_file_or_directory &&
        failure.code() != std::errc::connection_refused) {
      throw;
    }
    throw std::runtime_error("nobody answers at " + to.text() +
                             " (`[counter] socket` of the settings): the node isn't running, or "
                             "still reads its journal. Nothing was asked; ask again under the "
                             "same --id, whatever came of an earlier attempt");
  }
}

std::string field_of(const Json& in, const char* name) {
  const auto found = in.find(name);
  if (found == in.end()) {
    return "";
  }
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string done_text(const Json& in) {
  std::string out = field_of(in, "id") + ": " + field_of(in, "kind") + " is done";
  if (in.contains("points")) {
    out += ", " + field_of(in, "points") + " points";
  }
  if (in.contains("held_until")) {
    out += ", held until " + field_of(in, "held_until");
  }
  out += "\n";
  if (in.contains("authorisation")) {
    out += "  authorisation " + field_of(in, "authorisation") + ": keep it, disputes cite it\n";
  }
  const std::string kind = field_of(in, "kind");
  if (kind == "REDEMPTION" || kind == "CAPTURE") {
    out += "  the goods may be handed out\n";
  } else if (kind == "HOLD") {
    out += "  hand out nothing before its capture is done\n";
  } else if (kind == "MOVE") {
    out += "  the member is at home here, and his points can be spent\n";
  }
  return out;
}

std::string refused_text(const Json& in, const std::string& id) {
  std::string out = id + " is refused: " + field_of(in, "code");
  for (const char* name : {"title", "field", "detail"}) {
    if (in.contains(name)) {
      out += std::string(name == std::string("title") ? ": " : "; ") + field_of(in, name);
    }
  }
  return out + "\n  what now: " + field_of(in, "what_now") + "\n";
}

// Something is decided, or was never taken and never will be as it is.
bool is_definite(const http::ReadResponse& answer) {
  return answer.status != 202 && answer.status != 408 && answer.status != 429 &&
         answer.status < 500;
}

int print_answer(const http::ReadResponse& answer, const AskOptions& options) {
  const Json in = Json::parse(answer.body, nullptr, false);
  if (in.is_discarded() || !in.is_object()) {
    throw std::runtime_error("the node's answer can't be read; ask again under the same --id");
  }
  const bool definite = is_definite(answer);
  const bool pending = !definite || field_of(in, "state") == "PENDING";
  const bool done = answer.status == 200 && field_of(in, "state") == "DONE";
  std::string out;
  if (options.json) {
    out = answer.body;
  } else if (done) {
    out = done_text(in);
  } else if (!pending) {
    out = refused_text(in, options.id);
  } else {
    const std::string why = in.contains("detail") ? field_of(in, "detail") : field_of(in, "title");
    out = options.id + " has no answer yet" + (why.empty() ? "" : ": " + why) +
          "\n  hand out nothing, and give it no other id. The same command again says what has "
          "come of it\n";
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  return done ? 0 : pending ? 3 : 1;
}

}  // namespace

void declare(CLI::App& ask, AskOptions& options) {
  const auto kinds = [] {
    std::vector<std::string> names;
    for (const AskedKind& kind : kAskedKinds) {
      names.emplace_back(kind.name);
    }
    return names;
  }();
  ask.add_option("kind", options.kind, "redeem, hold, capture, void, refund, move or look-up")
      ->required()
      ->check(CLI::IsMember(kinds));
  ask.add_option("--id", options.id,
                 "the transaction's id, yours: <province>/<YYYYMMDD>/<reference>, the reference "
                 "with a letter or -; fixed before the first attempt, the same in each repeat")
      ->required();
  ask.add_option("--member", options.member,
                 "redeem, hold, refund, move: member number, 14 digits");
  ask.add_option("--of", options.of,
                 "id of the hold (capture, void), or of what is given back (refund)");
  ask.add_option("--points", options.points, "all but void and move: how many")
      ->check(CLI::Range(std::int64_t{1}, kAskedPointsMax));
  ask.add_option("--form", options.form,
                 "redeem, capture: PHONE_CREDIT, OWN_PRODUCT, GIFT; FIXED_LINE to members of "
                 "one's own");
  ask.add_option("--cost", options.cost, "of a GIFT, in fen")
      ->check(CLI::Range(std::int64_t{0}, kAskedPointsMax));
  ask.add_option("--freight", options.freight, "of a GIFT, in fen")
      ->check(CLI::Range(std::int64_t{0}, kAskedPointsMax));
  ask.add_option("--cash", options.cash, "that the customer paid for a GIFT, in fen")
      ->check(CLI::Range(std::int64_t{0}, kAskedPointsMax));
  ask.add_flag("--final", options.final, "capture: the rest of the hold is free again");
  ask.add_option("--hold-seconds", options.hold_seconds, "hold: how long (900)")
      ->check(CLI::Range(60, 2'592'000));
  ask.add_option("--seconds", options.seconds, "how long to wait for a definite answer (30)")
      ->check(CLI::Range(0, 86'400));
  ask.add_flag("--json", options.json, "the node's answer as JSON");
  ask.footer(
      "For goods that this province gives, to its own members and to those of others, and for\n"
      "members who move here. The node\n"
      "keeps what it is asked and goes on asking the member's home until the answer is there\n"
      "(docs/operating.md, section 12). An example:\n"
      "  pointhouse node ask hold --config node.toml --id P01/20260305/A-17 \\\n"
      "    --member 02000000000015 --points 500\n"
      "  pointhouse node ask capture --config node.toml --id P01/20260305/A-18 \\\n"
      "    --of P01/20260305/A-17 --points 500 --final --form PHONE_CREDIT\n"
      "Exit code: 0 done, 1 refused, 2 usage, 3 no answer yet: the same command again.");
}

int run_ask(const std::filesystem::path& socket, const AskOptions& options) {
  const AskedKind& kind = asked_kind_of(options);
  if (const std::string fault = usage_fault_of(kind, options); !fault.empty()) {
    std::fprintf(stderr, "pointhouse: %s\n", fault.c_str());
    return 2;
  }
  const auto to = http::Endpoint::at_socket(socket);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  std::int64_t pause_ms = 200;
  while (true) {
    const http::ReadResponse answer = ask_once(to, kind, options);
    const bool again = !is_definite(answer) && std::string(kind.name) != "look-up" &&
                       std::chrono::steady_clock::now() < until;
    if (!again) {
      return print_answer(answer, options);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    pause_ms = std::min<std::int64_t>(pause_ms * 2, 2'000);
  }
}

}  // namespace ph
