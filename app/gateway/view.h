// What the gateway's operator sees: as JSON from the process, as lines from that JSON.
#pragma once

#include <cstdint>
#include <string>

#include "core/types/time.h"
#include "partners/line.h"
#include "platform/http/server.h"

namespace ph {

struct GatewayView {
  std::string code{};
  std::string clearing{};  // whose gateway it is
  BusinessTime now{};
  bool connected{};    // the clearing speaks
  bool key_refused{};  // it doesn't admit our transport key
  bool unlisted{};     // it takes us for no gateway
  std::string endpoint{};
  std::string api{};                  // where partners are answered
  std::int64_t certificate_ends_s{};  // since 1970
  std::uint32_t registry_revision{};
  std::size_t participants{};
  std::size_t questions{};
  ClearingLine::Counts counts{};
  http::Server::Counts http{};
};

// Why the clearing doesn't answer a gateway, and what to do.
[[nodiscard]] std::string not_listed(const std::string& code);
[[nodiscard]] std::string gateway_view_json(const GatewayView& view);
[[nodiscard]] std::string gateway_view_text(const std::string& json);

}  // namespace ph
