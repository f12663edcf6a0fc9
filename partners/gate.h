// The door for partners: from requests over HTTP to what is asked of the clearing house, and back.
// It keeps nothing that must survive (docs/decisions/0014): nonces and counts alone. A server's
// loop has one of it: `http::Server::serve(admit, handle)`.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/types/time.h"
#include "partners/api.h"
#include "partners/request_signature.h"
#include "platform/http/body_file.h"
#include "platform/http/http.h"

namespace ph {

class PartnerGate {
 public:
  // A request that is whole and signed. `answered` may be called later, from any thread, once; when
  // it goes uncalled, the partner is told to ask again.
  using Answered = std::function<void(const ApiReply&)>;
  using Ask =
      std::function<void(const ApiRequest& request, std::shared_ptr<const http::BodyFile> day_file,
                         Answered answered)>;
  struct Options {
    std::filesystem::path folder{};  // for day files while they come
    std::uint64_t body_bytes_max{1U << 20U};
    std::uint64_t day_bytes_max{64U << 20U};
    std::int64_t day_ms_max{600'000};    // for the whole of a day's file
    std::int64_t answer_ms_max{10'000};  // then the partner is told to ask again
    std::size_t at_a_time_max{256};      // requests of one participant
    std::size_t day_files_max{8};        // that come at a time, of all participants
    NonceStore::Limits nonces{};
  };

  PartnerGate(Options options, ApiKeys keys, std::function<BusinessTime()> now, Ask ask);

  // When the registry has changed.
  void set_keys(ApiKeys keys) { judge_.set_keys(std::move(keys)); }

  [[nodiscard]] http::Admission admit(const http::Request& request);
  void handle(const http::Request& request, const http::Reply& reply);
  // The server's own refusals, as problems.
  [[nodiscard]] static http::Response refuse(int status, std::string_view what);

 private:
  struct Admitted;
  struct Turn;
  using Count = std::shared_ptr<std::atomic<std::size_t>>;

  [[nodiscard]] Result<Admitted, Problem> judged(const http::Request& request,
                                                 const ApiTarget& target);
  [[nodiscard]] std::shared_ptr<http::BodyFile> file_for_day();
  void ask(const http::Request& request, const Admitted& admitted, const http::Reply& reply);

  const Options options_;
  SignatureJudge judge_;
  std::function<BusinessTime()> now_;
  Ask ask_;
  std::map<std::string, Count> at_a_time_{};  // by participant: as many as the registry has
  Count day_files_{std::make_shared<std::atomic<std::size_t>>(0)};  // that are there
};

}  // namespace ph
