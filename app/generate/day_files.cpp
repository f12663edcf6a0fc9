#include "app/generate/day_files.h"

#include "app/generate/country.h"
#include "core/types/check.h"

namespace ph::generate {

DayFiles::DayFiles(const std::filesystem::path& folder, std::size_t province_count,
                   Written& written)
    : folder_(folder), serials_(province_count), references_(kPartners), index_(100) {
  for (std::size_t i = 0; i < province_count; ++i) {
    provinces_.emplace_back(written);
    index_.at(generate::provinces().at(i).number) = static_cast<std::uint8_t>(i);
  }
  for (std::size_t i = 0; i < kPartners; ++i) {
    partners_.emplace_back(written);
  }
}

void DayFiles::open(BusinessDate date, std::uint32_t sequence) {
  date_ = date;
  sequence_ = sequence;
  for (std::size_t i = 0; i < provinces_.size(); ++i) {
    const Participant sender(generate::provinces().at(i).number);
    provinces_[i].open(folder_, sender, date, "PROVINCE_DAY", sequence);
    serials_[i] = 0;
  }
  for (std::size_t i = 0; i < kPartners; ++i) {
    const Participant sender(generate::partners().at(i).number);
    partners_[i].open(folder_, sender, date, "PARTNER_DAY", sequence);
    references_[i] = 0;
  }
}

void DayFiles::close() {
  for (CsvFile& file : provinces_) {
    file.close();
  }
  for (CsvFile& file : partners_) {
    file.close();
  }
}

EntryId DayFiles::next_entry(std::size_t province) {
  const Participant who(generate::provinces().at(province).number);
  return EntryId(who, date_, ++serials_.at(province));
}

EntryId DayFiles::next_id(Participant partner) {
  const std::size_t index = partner.number() - 101U;
  return EntryId(partner, date_, ++references_.at(index));
}

CsvFile& DayFiles::row(Row row, EntryId entry) {
  check(entry.date() == date_, "an entry of today");
  CsvFile& file = provinces_.at(index_.at(entry.participant().number()));
  return file.begin(row).number(entry.number());
}

CsvFile& DayFiles::partner(Participant partner) {
  return partners_.at(partner.number() - 101U);
}

}  // namespace ph::generate
