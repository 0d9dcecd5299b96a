from datetime import UTC, date, datetime

from hub.kit.icalendar import DayEvent, escaped, folded, icalendar

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def made(**changes):
    said = {"uid": "a@hub.invalid", "day": date(2026, 12, 31), "summary": "Send it"}
    return icalendar([DayEvent(**(said | changes))], name="Ours", product="-//hub//EN", at=AT)


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_a_day_ends_at_the_start_of_the_next_over_the_turn_of_the_year():
    lines = unfolded(made())
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20260329T003000Z" in lines


def test_words_cannot_begin_a_line_or_another_value():
    hostile = "Due; soon, really\\\r\nBEGIN:VALARM\nATTACH:x\u2028y\x00"
    lines = unfolded(made(summary=hostile, description=hostile, categories=("a,b", "c")))
    assert "SUMMARY:Due\\; soon\\, really\\\\\\nBEGIN:VALARM\\nATTACH:x\\ny" in lines
    assert "CATEGORIES:a\\,b,c" in lines
    assert [one for one in lines if one.startswith("BEGIN")] == ["BEGIN:VCALENDAR", "BEGIN:VEVENT"]


def test_no_line_is_longer_than_75_octets_and_unfolding_gives_the_words_back():
    long = "Übermittlung, 🚑 " * 40
    text = made(summary=long)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"SUMMARY:{escaped(long)}" in unfolded(text)
    assert list(folded("a" * 75)) == ["a" * 75]
    assert list(folded("a" * 76)) == ["a" * 75, " a"]
