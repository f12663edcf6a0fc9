// Counters of the provinces: they give goods for points of their own and of others' members, live,
// while everything else goes wrong; and an auditor that adds up what they were told.
//
// A counter fixes an id, asks its node, and asks again until the answer is definite, as it should.
// Some of them are switched off once the node has said that it has the request. Whatever happens:
// an answer never changes; what was said to be done stands once in the home's batches and once in
// the giver's, and nothing else does; a request that a node has taken is decided without anybody
// asking again; and every member has what he had, less what was taken, and what was given back.
// Members move, too, from counter to counter: at each instant each of them is at home at one node
// or in one answer, and nothing of him is elsewhere.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/generate/random.h"
#include "tests/simulation/batch_bytes.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/run.h"

namespace ph::sim {

// A country whose days have hardly a row: three provinces, members with points, some days over a
// month's end.
[[nodiscard]] World make_live_world(std::uint64_t seed);

constexpr std::uint32_t kMembersAtHome = 3;  // of each of its provinces

class Counters {
 public:
  Counters(const World& world, const Faults& faults, Cluster& cluster);

  // What happens at the counters, planned ahead of the cluster's run.
  void plan();
  // Everything has come to rest. Throws Failed.
  void audit();

  [[nodiscard]] std::uint64_t done() const;
  [[nodiscard]] std::uint64_t moved() const;

 private:
  struct Request {
    std::size_t province{};  // whose counter it is
    Intent intent{};
    Member member{};
    std::optional<Answer> answer{};  // the first definite one
    bool taken{};                    // its node has said that it has it
    bool switched_off{};             // nobody asks again
  };
  using RequestPtr = std::shared_ptr<Request>;

  void visit(std::size_t province);
  void beat();
  RequestPtr request(std::size_t province, AskKind kind, Member member, std::int64_t points);
  void follow(const RequestPtr& done);
  void attempt(const RequestPtr& request);
  void again(const RequestPtr& request, std::int64_t after_ms);
  void settle(const RequestPtr& request, const CounterAnswer& answer);
  [[nodiscard]] bool chance(std::uint32_t percent) { return random_.below(100) < percent; }
  [[nodiscard]] bool over() const;

  void audit_instant() const;
  [[nodiscard]] bool all_current() const;
  void audit_member(Member member, bool all_alive) const;
  [[nodiscard]] bool is_in_an_answer(Member member) const;
  [[nodiscard]] std::size_t home_of(Member member) const;
  void audit_request(Request& request);
  void audit_batches();
  void audit_points() const;
  void expect_record(const Request& request);
  void take_record(const RawBatch& batch, const RawItem& item);

  const World& world_;
  const Faults& faults_;
  Cluster& cluster_;
  generate::Random random_;
  std::vector<RequestPtr> requests_;
  // What batches have to hold, by sender: id, kind and the rest as text, and how often.
  std::map<std::string, int> records_;
  std::map<Member, std::int64_t> points_;
};

// Plays a seed with the faults that it draws.
struct LiveCounts {
  std::uint64_t done{};
  std::uint64_t moved{};
};
[[nodiscard]] RunOutcome run_live_seed(std::uint64_t seed, bool trace, LiveCounts& counts);

}  // namespace ph::sim
