// The clearing's side of live asks (docs/wire.md, section 6), without a socket: who may ask what,
// which home is asked, who waits for its answer, what is asked again. What partners ask is decided
// with and kept in a SwitchBook; a province's ask is handed on, and its asker repeats it. Of a
// member who has moved the homes are asked one after the other (docs/decisions/0018). Bounded in
// everything. One thread owns it; time is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clearing/exchange.h"
#include "core/journal/block.h"
#include "core/rules/rulebook.h"
#include "core/switch/home_directory.h"
#include "core/switch/switch_book.h"
#include "core/types/ask.h"

namespace ph {

struct SwitchSettings {
  // Asks of one asker to one home without an answer; and when the home isn't there.
  std::size_t waiting_max{256};
  std::size_t waiting_of_silent_max{64};
  std::size_t askers_max{8};           // connections that wait for one answer
  std::int64_t repeat_ms{1'000};       // a home that doesn't answer is asked again, after twice as
  std::int64_t repeat_max_ms{60'000};  // long each time, up to this
  std::int64_t forget_ms{60'000};      // a province's ask that nobody has repeated
};

// The call under way.
struct SwitchTurn {
  BusinessTime now{};
  std::int64_t steady_ms{};
  const RuleBook* rules{};  // nullptr before the first one
};

class Switchboard {
 public:
  // What a call wants done: the commands journaled in one block, then the messages sent.
  struct Out {
    std::vector<JournalCommand> commands{};
    std::vector<std::pair<Peer, std::vector<std::byte>>> messages{};
    std::uint64_t unbelieved{};  // answers of homes that can't be; nothing is done about them
  };
  // The connection of a home that was heard lately; nullopt when there is none.
  using Reach = std::function<std::optional<Peer>(const std::string& code)>;

  // `book` and `directory` outlive it; `gateways` are the codes of the clearing house's gateways.
  Switchboard(SwitchSettings settings, std::vector<std::string> gateways, SwitchBook& book,
              HomeDirectory& directory, Reach reach);

  // May who has this code's transport key ask in partners' names? A participant of the rule book
  // speaks for itself, though its code be listed. `rules` may be nullptr.
  [[nodiscard]] bool is_gateway(const std::string& code, const RuleBook* rules) const;

  void on_ask(const Peer& from, const Ask& ask, const SwitchTurn& turn, Out& out);
  void on_answer(const Peer& from, const Answer& answer, const SwitchTurn& turn, Out& out);
  // What a gateway asks besides: a look-up, a quote, who is who; NOT_A_GATEWAY to others. False: it
  // is no such question, and isn't answered.
  [[nodiscard]] bool on_question(const Peer& from, const wire::Message& question,
                                 const SwitchTurn& turn, Out& out) const;
  // Asks again, forgets; after a start it takes up what is pending in the book.
  void tick(const SwitchTurn& turn, Out& out);

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Key {
    AskKind kind{};
    TransactionId id{};
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Asker {
    Peer peer{};
    std::uint64_t number{};  // its own, of the ask that came last
  };
  // The partner or province whose ask it is, and the home that is asked first. What is bounded by
  // them leaves room at other homes when one doesn't answer.
  using Share = std::pair<Participant, Participant>;
  struct Waiting {
    Ask ask{};        // without a number: each asker has its own
    Share charged{};  // whose share it takes room of
    std::vector<Asker> askers{};
    std::int64_t heard_ms{};  // when somebody asked last
    std::int64_t next_ms{};
    std::int64_t pause_ms{};
    bool kept{};  // in the book: asked again until it is answered
    // The homes to ask, of which the one at `step` is asked now; by so many moves of the member.
    std::vector<Participant> homes{};
    std::size_t step{};
    std::size_t moves{};

    [[nodiscard]] Participant home() const { return homes[step]; }
  };

  [[nodiscard]] bool may_ask(const Peer& from, const Ask& ask, const RuleBook& rules) const;
  void on_partner_ask(const Asker& from, const Ask& ask, const SwitchTurn& turn, Out& out);
  [[nodiscard]] Share share_of(const Ask& ask) const;
  [[nodiscard]] bool is_full(const Share& share, const SwitchTurn& turn) const;
  void wait_for(const Asker& from, const Ask& ask, bool kept, const SwitchTurn& turn, Out& out);
  void ask_home(Waiting& waiting, const SwitchTurn& turn, Out& out);
  void find_homes(Waiting& waiting) const;
  [[nodiscard]] bool goes_on(Waiting& waiting, const Answer& moved, const SwitchTurn& turn,
                             Out& out);
  void note_move(const Ask& ask, const Answer& told, const SwitchTurn& turn, Out& out);
  void say(const Asker& to, const Ask& ask, AskCode code, bool definite, const SwitchTurn& turn,
           Out& out) const;
  static void tell(const Asker& to, Answer answer, Out& out);

  SwitchSettings settings_;
  std::vector<std::string> gateways_;
  SwitchBook& book_;
  HomeDirectory& directory_;
  Reach reach_;
  std::map<Key, Waiting> waiting_;
  std::map<Share, std::size_t> charged_;
  bool begun_{false};
};

}  // namespace ph
