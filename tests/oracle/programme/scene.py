"""A small stage for tests: one province, rows given as keywords, one day after another."""

import basics as b
import memberrows
from inputs import DayFile
from runs import Home
from sections import ProgrammeBook


class Scene:
    def __init__(self, *programmes, number=1, opening=(), partner_codes=None):
        self.home = Home(number, list(opening), ProgrammeBook(programmes),
                         partner_codes=partner_codes)
        self.number, self.sequence, self.batches = number, 0, []
        self.serial = 0

    def member(self, serial):
        return int(b.member_number(self.number, serial))

    def id(self, day, reference):
        return self.number, b.day_of(day), reference.encode()

    def open(self, day):
        """Opens a day; runs may begin and be published."""
        self.sequence += 1
        self.serial = 0
        self.file = DayFile(self.number, b.day_of(day), self.sequence, [])
        self.home.open_day(self.file)
        return self

    def row(self, kind, **columns):
        if kind not in memberrows.BELOW:
            self.serial += 1
            columns["serial"] = self.serial
        columns["kind"] = kind
        table = memberrows.inputs.TYPES["PROVINCE_DAY"][kind]
        for column, type_ in table:
            if column not in columns:
                b.need(type_.endswith("?"), f"{kind} needs {column}")
                columns[column] = None
            elif type_.startswith("month") and isinstance(columns[column], str):
                columns[column] = b.month_of(columns[column])
            elif type_.startswith("date") and isinstance(columns[column], str):
                columns[column] = b.day_of(columns[column])
        self.file.rows.append((len(self.file.rows) + 2, columns))
        return self

    def close(self):
        """Posts the day's rows and seals it; the codes of what was returned."""
        self.home.post(self.file)
        batch = self.home.close_day()
        self.batches.append(batch)
        return [r.code for r in batch.returned]

    def day(self, day, *rows):
        """A whole day; `rows`: (kind, columns)."""
        self.open(day)
        for kind, columns in rows:
            self.row(kind, **columns)
        return self.close()

    # What came of it.

    def points(self, member, **wanted):
        """Sum of what lots had at first, of those that have these values."""
        total = 0
        for lot in self.home.accounts[member].canonical():
            have = {"source": b.SOURCE_NAMES[lot.source], "rating": lot.rating,
                    "month": b.month_text(lot.earned_month),
                    "expires": b.day_text(lot.expires_on),
                    "account": getattr(self.home.origin.get(lot.name), "name", "")}
            if all(have[key] == value for key, value in wanted.items()):
                total += lot.original
        return total
