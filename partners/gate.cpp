#include "partners/gate.h"

#include <optional>
#include <system_error>
#include <utility>

#include "platform/crypto/sha256.h"
#include "platform/sys/clock.h"

namespace ph {

namespace {

const std::string kCsv = "text/csv";

std::optional<std::string> field_of(const http::Request& request, const std::string& name) {
  const auto found = request.fields.find(name);
  return found == request.fields.end() ? std::nullopt : std::optional(found->second);
}

SignedParts parts_of(const http::Request& request) {
  return {.method = request.method,
          .path = request.path,
          .query = request.raw_query,
          .content_digest = field_of(request, "content-digest"),
          .idempotency_key = field_of(request, "idempotency-key"),
          .signature_input = field_of(request, "signature-input"),
          .signature = field_of(request, "signature")};
}

http::Response response_of(ApiReply reply) {
  return {reply.status, std::move(reply.content_type), std::move(reply.body),
          reply.retry_after_seconds, std::move(reply.allow)};
}

http::Response response_of(const Problem& problem, const ApiId& id = {}) {
  return response_of(problem_reply(problem, id));
}

bool has_body(ApiAction action) {
  return moves(action) || action == ApiAction::kUploadDay;
}

}  // namespace

// What was found out by the header alone.
struct PartnerGate::Admitted {
  ApiTarget target{};
  Signer signer{};
  std::optional<Digest> body{};  // what its digest has to be
  std::string file_signature{};  // of a day's file
  std::shared_ptr<http::BodyFile> day_file{};
};

PartnerGate::PartnerGate(Options options, ApiKeys keys, std::function<BusinessTime()> now, Ask ask)
    : options_(std::move(options)),
      judge_(std::move(keys), options_.nonces),
      now_(std::move(now)),
      ask_(std::move(ask)) {}

http::Response PartnerGate::refuse(int status, std::string_view what) {
  return response_of(Problem{problem_of_status(status), std::string(what), {}});
}

Result<PartnerGate::Admitted, Problem> PartnerGate::judged(const http::Request& request,
                                                           const ApiTarget& target) {
  Admitted admitted{.target = target};
  const SignedParts parts = parts_of(request);
  if (has_body(target.action) && !parts.content_digest) {
    return Fail{Problem{ProblemCode::kDigestMissing, {}, "Content-Digest"}};
  }
  if (parts.content_digest) {
    admitted.body = parse_content_digest(*parts.content_digest);
    if (!admitted.body) return Fail{Problem{ProblemCode::kDigestSyntax, {}, "Content-Digest"}};
  }
  // Who only asks whether anybody is there needs no key.
  if (target.action == ApiAction::kHealth && !parts.signature_input) return admitted;
  const BusinessTime now = now_();
  auto signer = judge_.judge(parts, unix_seconds(now), now.date());
  if (!signer) return Fail{signer.error()};
  admitted.signer = std::move(signer).value();
  if (target.action != ApiAction::kUploadDay) return admitted;
  if (request.content_type != kCsv && !request.content_type.starts_with(kCsv + ";")) {
    return Fail{Problem{ProblemCode::kContentType, {}, "Content-Type"}};
  }

  const std::string name = "Pointhouse-Signature";
  admitted.file_signature = field_of(request, "pointhouse-signature").value_or("");
  if (admitted.file_signature.empty()) {
    return Fail{Problem{ProblemCode::kFieldMissing, "the line of the file's .sig", name}};
  }
  if (!parse_signature_line(admitted.file_signature)) {
    return Fail{Problem{ProblemCode::kFieldSyntax, "the line of the file's .sig", name}};
  }
  return admitted;
}

// nullptr: too many come at a time. Throws std::system_error.
std::shared_ptr<http::BodyFile> PartnerGate::file_for_day() {
  if (day_files_->load() >= options_.day_files_max) return nullptr;
  auto file = std::make_unique<http::BodyFile>(options_.folder);
  ++*day_files_;
  return {file.release(), [count = day_files_](const http::BodyFile* gone) {
            delete gone;
            --*count;
          }};
}

http::Admission PartnerGate::admit(const http::Request& request) {
  http::Admission out;
  const auto target = parse_target_of_api(request.method, request.path);
  if (!target) {
    out.refusal = response_of(target.error().problem);
    out.refusal->allow = target.error().allow;
    return out;
  }
  out.name = word(target->action);
  const bool upload = target->action == ApiAction::kUploadDay;
  auto judgement = judged(request, *target);
  if (!judgement) {
    out.refusal = response_of(judgement.error());
    return out;
  }
  const auto admitted = std::make_shared<Admitted>(std::move(judgement).value());
  out.options.body_bytes_max = upload                     ? options_.day_bytes_max
                               : has_body(target->action) ? options_.body_bytes_max
                                                          : 0;
  out.options.answer_ms_max = options_.answer_ms_max;
  if (upload) {
    try {
      admitted->day_file = file_for_day();
      if (!admitted->day_file) {
        out.refusal =
            response_of(Problem{ProblemCode::kTooMany, "too many day files at a time", {}});
        return out;
      }
    } catch (const std::system_error&) {
      out.refusal = refuse(503, "there is no room for the body now");
      return out;
    }
    out.sink = admitted->day_file;
    out.options.body_ms_max = options_.day_ms_max;
  }
  out.context = admitted;
  return out;
}

// One of the requests of a participant that are being asked. When it goes without an answer, the
// partner is told to ask again; after one, that is dropped.
struct PartnerGate::Turn {
  Turn(Count its_count, http::Reply its_reply, ApiId its_id)
      : count(std::move(its_count)), reply(std::move(its_reply)), id(std::move(its_id)) {
    ++*count;
  }
  ~Turn() {
    --*count;
    reply(response_of(Problem{ProblemCode::kUndecided, {}, {}}, id));
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Count count;
  http::Reply reply;
  ApiId id;
};

void PartnerGate::handle(const http::Request& request, const http::Reply& reply) {
  const auto& admitted = *std::any_cast<const std::shared_ptr<Admitted>&>(request.context);
  const Digest came =
      admitted.day_file ? admitted.day_file->finish() : sha256(as_bytes(request.body));
  if (admitted.body && came != *admitted.body) {
    reply(response_of(Problem{ProblemCode::kDigestWrong, {}, "Content-Digest"}));
    return;
  }
  if (admitted.target.action == ApiAction::kHealth) {
    reply(response_of(health_reply(now_(), admitted.signer.participant, admitted.signer.key_id)));
    return;
  }
  ask(request, admitted, reply);
}

void PartnerGate::ask(const http::Request& request, const Admitted& admitted,
                      const http::Reply& reply) {
  const ApiInput input{.target = admitted.target,
                       .query = request.query,
                       .idempotency_key = field_of(request, "idempotency-key"),
                       .content_type = request.content_type,
                       .body = request.body};
  auto parsed = parse_api_request(input, admitted.signer.participant, now_().date());
  if (!parsed) {
    reply(response_of(parsed.error()));
    return;
  }
  ApiRequest asked = std::move(parsed).value();
  asked.signed_digest = admitted.signer.request;
  asked.file_signature = admitted.file_signature;
  if (admitted.day_file) {
    asked.file_digest = *admitted.body;
    asked.file_size = admitted.day_file->size();
  }
  Count& count = at_a_time_[asked.participant];
  if (!count) count = std::make_shared<std::atomic<std::size_t>>(0);
  if (count->load() >= options_.at_a_time_max) {
    reply(response_of(Problem{ProblemCode::kTooMany, {}, {}}, asked.id));
    return;
  }
  const auto turn = std::make_shared<Turn>(count, reply, asked.id);
  ask_(asked, admitted.day_file,
       [turn](const ApiReply& answer) { turn->reply(response_of(answer)); });
}

}  // namespace ph
