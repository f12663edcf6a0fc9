#include "app/generate/country.h"

#include "core/types/check.h"

namespace ph::generate {

namespace {

constexpr std::array<Province, kProvinces> kProvinceTable{{
    {11, "北京电信", "Beijing Telecom", 2189},
    {12, "天津电信", "Tianjin Telecom", 1387},
    {13, "河北电信", "Hebei Telecom", 7461},
    {14, "山西电信", "Shanxi Telecom", 3492},
    {15, "内蒙古电信", "Inner Mongolia Telecom", 2405},
    {21, "辽宁电信", "Liaoning Telecom", 4259},
    {22, "吉林电信", "Jilin Telecom", 2407},
    {23, "黑龙江电信", "Heilongjiang Telecom", 3185},
    {31, "上海电信", "Shanghai Telecom", 2487},
    {32, "江苏电信", "Jiangsu Telecom", 8475},
    {33, "浙江电信", "Zhejiang Telecom", 6457},
    {34, "安徽电信", "Anhui Telecom", 6103},
    {35, "福建电信", "Fujian Telecom", 4154},
    {36, "江西电信", "Jiangxi Telecom", 4519},
    {37, "山东电信", "Shandong Telecom", 10153},
    {41, "河南电信", "Henan Telecom", 9937},
    {42, "湖北电信", "Hubei Telecom", 5775},
    {43, "湖南电信", "Hunan Telecom", 6644},
    {44, "广东电信", "Guangdong Telecom", 12601},
    {45, "广西电信", "Guangxi Telecom", 5013},
    {46, "海南电信", "Hainan Telecom", 1008},
    {50, "重庆电信", "Chongqing Telecom", 3205},
    {51, "四川电信", "Sichuan Telecom", 8367},
    {52, "贵州电信", "Guizhou Telecom", 3856},
    {53, "云南电信", "Yunnan Telecom", 4721},
    {54, "西藏电信", "Tibet Telecom", 365},
    {61, "陕西电信", "Shaanxi Telecom", 3953},
    {62, "甘肃电信", "Gansu Telecom", 2502},
    {63, "青海电信", "Qinghai Telecom", 592},
    {64, "宁夏电信", "Ningxia Telecom", 720},
    {65, "新疆电信", "Xinjiang Telecom", 2585},
}};

constexpr std::array<Partner, kPartners> kPartnerTable{{
    {101, "AIR1", ParticipantKind::kAirline, "云帆航空", "Yunfan Airlines", "AX", "mile", -1, true,
     false},
    {102, "BNK1", ParticipantKind::kBank, "长河银行", "Changhe Bank", "X", "bankpoint", -1, false,
     false},
    {103, "HTL1", ParticipantKind::kHotel, "归途酒店", "Guitu Hotels", "AX", "star", -1, true,
     false},
    {104, "MER1", ParticipantKind::kMerchant, "百味餐饮", "Baiwei Catering", "U", "", 3, true,
     true},
    {105, "MER2", ParticipantKind::kMerchant, "城南百货", "Chengnan Stores", "AU", "", 0, true,
     true},
    {106, "MER3", ParticipantKind::kMerchant, "万家超市", "Wanjia Supermarkets", "AU", "", -1, true,
     false},
    {107, "MER4", ParticipantKind::kMerchant, "行远加油", "Xingyuan Fuel", "A", "", 5, false,
     false},
    {108, "MER5", ParticipantKind::kMerchant, "书香书店", "Shuxiang Books", "U", "", 7, true,
     false},
}};

constexpr std::array<std::string_view, 100> kProvinceCodes{
    "",    "P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12",
    "P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20", "P21", "P22", "P23", "P24", "P25",
    "P26", "P27", "P28", "P29", "P30", "P31", "P32", "P33", "P34", "P35", "P36", "P37", "P38",
    "P39", "P40", "P41", "P42", "P43", "P44", "P45", "P46", "P47", "P48", "P49", "P50", "P51",
    "P52", "P53", "P54", "P55", "P56", "P57", "P58", "P59", "P60", "P61", "P62", "P63", "P64",
    "P65", "P66", "P67", "P68", "P69", "P70", "P71", "P72", "P73", "P74", "P75", "P76", "P77",
    "P78", "P79", "P80", "P81", "P82", "P83", "P84", "P85", "P86", "P87", "P88", "P89", "P90",
    "P91", "P92", "P93", "P94", "P95", "P96", "P97", "P98", "P99"};

struct Interval {
  int month{};
  int first{};
  int last{};
};

// The public holidays of 2026 as arranged by the State Council: New Year, Spring Festival,
// Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day. Data, to be replaced by what is
// announced.
constexpr std::array<Interval, 7> kHolidays{
    {{1, 1, 3}, {2, 15, 23}, {4, 4, 6}, {5, 1, 5}, {6, 19, 21}, {9, 25, 27}, {10, 1, 7}}};
constexpr std::array<Interval, 6> kWorked{
    {{1, 4, 4}, {2, 14, 14}, {2, 28, 28}, {5, 9, 9}, {9, 20, 20}, {10, 10, 10}}};

}  // namespace

const std::array<Province, kProvinces>& provinces() {
  return kProvinceTable;
}
const std::array<Partner, kPartners>& partners() {
  return kPartnerTable;
}

std::string_view code_of(Participant participant) {
  const std::uint16_t number = participant.number();
  if (number < kProvinceCodes.size()) return kProvinceCodes.at(number);
  if (participant == kClearingHouse) return "CLR";
  const std::size_t index = number - 101U;
  check(index < kPartnerTable.size(), "a participant of the generated month");
  return kPartnerTable.at(index).code;
}

CalendarDays calendar_days() {
  CalendarDays days;
  for (const Interval& interval : kHolidays) {
    for (int day = interval.first; day <= interval.last; ++day) {
      const BusinessDate date = BusinessDate::of(kCalendarYear, interval.month, day);
      if (date.weekday() < 5) days.holidays.push_back(date);
    }
  }
  for (const Interval& interval : kWorked) {
    days.workdays.push_back(BusinessDate::of(kCalendarYear, interval.month, interval.first));
  }
  return days;
}

}  // namespace ph::generate
