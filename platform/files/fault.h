// What can be wrong with an input file: stable codes, where it stands, and what would be right. The
// table of all codes is section 7 of docs/formats.md; a number is never used for something else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ph {

enum class FaultCode : std::uint16_t {
  kNone = 0,
  // 1xx: the bytes of the file.
  kEmptyFile = 101,
  kNotUtf8 = 102,
  kEncodingGb18030 = 103,
  kEncodingUtf16 = 104,
  kByteOrderMark = 105,
  kCrlf = 106,
  kNoFinalNewline = 107,
  kLineTooLong = 108,
  kControlCharacter = 109,
  kQuote = 110,
  kEmptyLine = 111,
  kTooManyRows = 112,
  kFileUnreadable = 113,
  kMoreFaults = 114,
  // 2xx: the header.
  kHeaderMissing = 201,
  kTypeUnknown = 202,
  kVersionUnsupported = 203,
  kSequenceOfType = 204,
  kSenderRole = 205,
  kDateOfType = 206,
  // 3xx: the trailer.
  kTrailerMissing = 301,
  kTrailerRows = 302,
  kTrailerPoints = 303,
  kTrailerFen = 304,
  kAfterTrailer = 305,
  // 4xx: one value.
  kKindUnknown = 401,
  kColumnCount = 402,
  kValueMissing = 403,
  kValueUnexpected = 404,
  kNumberSyntax = 405,
  kNumberRange = 406,
  kDateInvalid = 407,
  kMonthInvalid = 408,
  kIdSyntax = 409,
  kCodeSyntax = 410,
  kMemberSyntax = 411,
  kMemberCheckDigit = 412,
  kWordUnknown = 413,
  kDigestSyntax = 414,
  kTextLength = 415,
  kAccountSyntax = 416,
  kUnitSyntax = 417,
  kNameSyntax = 418,
  kOfficerSyntax = 419,
  kHexSyntax = 420,
  // 5xx: values and rows against each other, and against the rule book.
  kSerialOrder = 501,
  kChildWithoutParent = 502,
  kCorrectWithoutRow = 503,
  kDateAfterFile = 504,
  kDuplicateId = 505,
  kDuplicateRow = 506,
  kIdStarter = 507,
  kParentSelf = 508,
  kRowOrder = 509,
  kRowMissing = 510,
  kUnknownParticipant = 511,
  kParticipantRole = 512,
  kLotAmounts = 513,
  kSequenceNotEarlier = 514,
  // 6xx: the rule book, one for each RuleFaultCode.
  kDuplicateCode = 601,
  kDuplicateNumber = 602,
  kNumberOfKind = 603,
  kNoClearing = 604,
  kRuleParticipant = 605,
  kRuleRole = 606,
  kEmptyInterval = 607,
  kOverlap = 608,
  kDuplicateVersion = 609,
  kColumnsOfKind = 610,
  kRoundTrip = 611,
  kExpiryOrder = 612,
  // 7xx: calendar and cut-off.
  kDayOfOtherYear = 701,
  kHolidayOnWeekend = 702,
  kWorkdayOnWeekday = 703,
  kWorkingDays = 704,
  kCloseDate = 705,
  kSenderDigest = 706,
  // 8xx: batches.
  kMagic = 801,
  kLayoutVersion = 802,
  kLength = 803,
  kDigestMismatch = 804,
  kSortOrder = 805,
  kRecordValue = 806,
  kHeaderValue = 807,
  kHeaderSum = 808,
  kPreviousDigest = 809,
  kSliceAccount = 810,
  kSliceCount = 811,
  kSliceSum = 812,
  kLotMade = 813,
  // 9xx: the files of a settlement against each other.
  kSetMissing = 901,
  kSetTwice = 902,
  kSetOrder = 903,
  kSetOpening = 904,
  kSetCutoff = 905,
  kSetPoints = 906,
  kSetChain = 907,
  kSetLot = 908,
  kSetProgramme = 909,
  // 10xx: a file that comes to a running node or clearing.
  kIntakeSender = 1001,
  kIntakeTaken = 1002,
  kIntakeDateOrder = 1003,
  kIntakeFuture = 1004,
  kIntakeRules = 1005,
  kIntakeSignature = 1006,
  kIntakeType = 1007,
  kIntakeLive = 1008,
  kIntakeAfterSeal = 1009,
  kIntakeDay = 1010,
  kIntakeProgramme = 1011,
  kIntakeProgrammeCode = 1012,
  kIntakeProgrammePast = 1013,
  kIntakeProgrammeLevels = 1014,
  kIntakeRelease = 1015,
  // 11xx: the programme file.
  kProgrammeToml = 1101,
  kProgrammeSection = 1102,
  kProgrammeKey = 1103,
  kProgrammeType = 1104,
  kProgrammeRange = 1105,
  kProgrammeMissing = 1106,
  kProgrammeFormat = 1107,
  kProgrammeTwice = 1108,
  kProgrammeRatioZero = 1109,
  kProgrammeRoundTrip = 1110,
  kProgrammeOverlap = 1111,
  kProgrammeInterval = 1112,
  kProgrammeBands = 1113,
  kProgrammeLevelUnknown = 1114,
  kProgrammeLevelOrder = 1115,
  kProgrammeThresholdMissing = 1116,
  kProgrammeCuts = 1117,
  kProgrammeReference = 1118,
  kProgrammeSum = 1119,
  kProgrammeExpiry = 1120,
  kProgrammeOnePerson = 1121,
  kProgrammeTiers = 1122,
  // 12xx: what `check` warns of. Nobody refuses a file for it.
  kWarnName = 1201,
  kWarnProgramme = 1202,
  kWarnExpiry = 1203,
};

// A code as documented: `name` in capitals, what it means, what to do now.
struct FaultInfo {
  FaultCode code{};
  std::string_view name{};
  std::string_view meaning{};
  std::string_view remedy{};
};

// All codes, ascending by number.
[[nodiscard]] std::span<const FaultInfo> all_faults();
[[nodiscard]] const FaultInfo& info(FaultCode code);

struct Fault {
  FaultCode code{};
  std::string file{};
  std::uint32_t line{};    // 1 = header; 0 = the file as a whole. In binary batches 0.
  std::string column{};    // column, or field of a binary record with its number; may be empty
  std::string value{};     // what stands there, clipped
  std::string expected{};  // what would be right, with the right value where one can be computed
};

inline constexpr std::size_t kFaultsPerFileMax = 1000;

// Takes the faults of one file, at most kFaultsPerFileMax of them; then MORE_FAULTS says so.
class FaultSink {
 public:
  FaultSink(std::string file, std::vector<Fault>& out)
      : file_(std::move(file)), out_(out), first_(out.size()) {}
  FaultSink(const FaultSink&) = delete;
  FaultSink& operator=(const FaultSink&) = delete;
  ~FaultSink() = default;

  void add(FaultCode code, std::uint32_t line, std::string_view column, std::string_view value,
           std::string expected);
  [[nodiscard]] bool any() const { return out_.size() > first_; }
  // No more are listed: a reader may stop.
  [[nodiscard]] bool full() const { return full_; }
  // Puts the faults of this file in the order of their lines.
  void sort();

 private:
  std::string file_;
  std::vector<Fault>& out_;
  std::size_t first_;
  bool full_{false};
};

// `number|NAME|meaning|remedy`, a line each.
void print_faults(std::string& out);

}  // namespace ph
