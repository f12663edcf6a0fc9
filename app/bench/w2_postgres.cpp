#include <libpq-fe.h>

#include <array>
#include <stdexcept>

#include "app/bench/w2.h"

namespace ph::bench {

namespace {

constexpr const char* kHold = "w2_hold";
constexpr const char* kCapture = "w2_capture";

class PostgresCaller final : public W2Caller {
 public:
  explicit PostgresCaller(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    need(PQstatus(connection_.get()) == CONNECTION_OK);
    prepare(kHold, "SELECT w2_hold($1, $2::bigint, $3::bigint)");
    prepare(kCapture, "SELECT w2_capture($1, $2, $3::bigint)");
    need(PQsetnonblocking(connection_.get(), 1) == 0);
  }

  void begin(const W2Step& step) override {
    const bool hold = step.hold.empty();
    const std::string points = std::to_string(step.points);
    const std::array<const char*, 3> values{
        step.id.c_str(), hold ? step.member.c_str() : step.hold.c_str(), points.c_str()};
    need(PQsendQueryPrepared(connection_.get(), hold ? kHold : kCapture, 3, values.data(), nullptr,
                             nullptr, 0) == 1);
    flush();
  }

  bool turn() override {
    if (writes_) {
      flush();
    }
    need(PQconsumeInput(connection_.get()) == 1);
    while (PQisBusy(connection_.get()) == 0) {
      const Answer answer(PQgetResult(connection_.get()));
      if (!answer) {
        return true;
      }
      need(PQresultStatus(answer.get()) == PGRES_TUPLES_OK);
    }
    return false;
  }

  [[nodiscard]] int socket() const override { return PQsocket(connection_.get()); }
  [[nodiscard]] bool writes() const override { return writes_; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* answer) const { PQclear(answer); }
  };
  using Answer = std::unique_ptr<PGresult, Finish>;

  void need(bool right) const {
    if (!right) {
      throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(connection_.get()));
    }
  }
  void prepare(const char* name, const char* text) {
    const Answer answer(PQprepare(connection_.get(), name, text, 3, nullptr));
    need(PQresultStatus(answer.get()) == PGRES_COMMAND_OK);
  }
  void flush() {
    const int left = PQflush(connection_.get());
    need(left >= 0);
    writes_ = left > 0;
  }

  std::unique_ptr<PGconn, Finish> connection_;
  bool writes_{false};
};

}  // namespace

W2CallerMaker postgres_callers(const std::string& url) {
  return [url] { return std::make_unique<PostgresCaller>(url); };
}

}  // namespace ph::bench
