// The rows of members of a PROVINCE_DAY, with the rows that belong to them: what DayReader leaves
// to a file of its own. Private to this folder.
#pragma once

#include <cstdint>

#include "core/home/day.h"
#include "core/home/member_columns.h"
#include "platform/files/reading.h"

namespace ph {

class MemberRows {
 public:
  MemberRows(CsvReader& csv, RowChecks& checks, DayFile& day)
      : csv_(csv), checks_(checks), day_(day) {}

  // A right row of a kind from 21 on, whose entry is the day's last one: fills in its serial,
  // member and id as given, and adds its MemberRow.
  void take(const CsvRow& row);
  // Once serial and id of the entry are checked, and an empty id is filled in.
  void check(const CsvRow& row, bool id_given);
  // Of the SHEET that is the day's last entry. The faults of values have been listed.
  void take_input(const CsvRow& row);
  // Of the MOVE_IN that is the day's last entry.
  void take_standing(const CsvRow& row);
  // Of that SHEET no more INPUT rows come.
  void end_sheet();

 private:
  void make_room();
  void put(const CsvRow& row, std::size_t cell, const MemberColumn& column, DayRow& entry,
           MemberRow& out);
  void check_id(const CsvRow& row, const MemberRow& out);
  void check_parent(const CsvRow& row, const MemberRow& out);
  void check_months(const CsvRow& row, const MemberRow& out);
  void check_together(const CsvRow& row, const MemberRow& out);
  void month_not_newer(const CsvRow& row, std::string_view column, Month month);

  CsvReader& csv_;
  RowChecks& checks_;
  DayFile& day_;
  bool input_seen_{false};  // below the last SHEET, right or wrong
};

}  // namespace ph
