# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Records of JSON read into columns, as a layout says: `read_records`; and `strings_of` those.

What is not plain is left to the codec. Plain means that the codec would accept it too, with the same
values: a test draws both. Zero bytes stand behind the last record, and no token contains one, so
nothing is read past the end. Sources: RFC 8259, RFC 3339, RFC 3629.
"""

from cpython.conversion cimport PyOS_string_to_double
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcmp, memcpy

import numpy as np

cdef enum:
    NOT_PLAIN = -1
    NEWLINE = 0x0A
    SPACE = 0x20
    QUOTE = 0x22
    PLUS = 0x2B
    COMMA = 0x2C
    MINUS = 0x2D
    POINT = 0x2E
    ZERO = 0x30
    NINE = 0x39
    COLON = 0x3A
    OPEN_ARRAY = 0x5B
    BACKSLASH = 0x5C
    CLOSE_ARRAY = 0x5D
    OPEN = 0x7B
    CLOSE = 0x7D

cdef enum:  # of `scorers.scanning.layout.Kind`
    TEXT, CHOICE, NUMBER, INTEGER, INSTANT, OBJECT, OBJECTS, MAPPING

cdef enum:  # the longest number that is rounded once: so many digits fit 2^53, and 10^22 is exact
    EXACT_DIGITS = 15
    EXACT_TENS = 22
    MOST_DIGITS = 18
    LONGEST_NUMBER = 64

cdef enum:  # the years within which a float holds every microsecond
    EARLIEST = 1971
    LATEST = 2199

cdef double[23] POWERS
for _power in range(23):
    POWERS[_power] = 10.0 ** _power

ctypedef struct Word:
    int64_t start
    int64_t size

ctypedef struct Object:
    int64_t first
    int64_t last
    int64_t required

ctypedef struct Key:
    int64_t name
    int64_t kind
    int64_t slot
    int64_t above
    int64_t nullable
    int64_t child
    int64_t choices
    int64_t choices_end
    int64_t absent
    int64_t level

ctypedef struct Bounds:
    double low
    double high

ctypedef struct Reader:
    # What is read, and from where on texts are written that had escapes or are absent.
    uint8_t* data
    int64_t arena
    # The layout: see `scorers.scanning.layout.Layout`.
    const Object* objects
    const Key* keys
    int64_t key_count
    const Bounds* bounds
    const Word* words
    const uint8_t* names
    # Where each key's column starts, and which key followed it last: senders keep their order.
    const int64_t* lines
    int64_t* likely
    # Columns of texts, as spans of `data`, and of numbers; how many items there are.
    int64_t* starts
    int64_t* sizes
    double* numbers
    int64_t items


def read_records(
    uint8_t[::1] data, int64_t[::1] ends, layout, int64_t[::1] lines, int64_t arena,
    int64_t[::1] starts, int64_t[::1] sizes, double[::1] numbers,
    uint8_t[::1] plain, int64_t[::1] item_counts,
):
    """Read the records of `data` that end at `ends`; return how many items the plain ones have.

    Fills in `plain`, and for those that are `item_counts` and the columns, one row after the other.
    """
    cdef const int64_t[:, ::1] objects = layout.objects
    cdef const int64_t[:, ::1] keys = layout.keys
    cdef const double[:, ::1] bounds = layout.bounds
    cdef const int64_t[:, ::1] words = layout.words
    cdef const uint8_t[::1] names = layout.data
    cdef int64_t[::1] likely = np.arange(1, len(keys) + 1)
    cdef Reader reader
    if not len(ends):
        return 0
    reader.data, reader.arena = &data[0], arena
    reader.objects, reader.keys = <const Object*>&objects[0, 0], <const Key*>&keys[0, 0]
    reader.key_count, reader.bounds = len(keys), <const Bounds*>&bounds[0, 0]
    reader.words, reader.names = <const Word*>&words[0, 0], &names[0]
    reader.lines, reader.likely = &lines[0], &likely[0]
    reader.starts, reader.sizes, reader.numbers = &starts[0], &sizes[0], &numbers[0]
    reader.items = 0
    _read_all(&reader, &ends[0], len(ends), &plain[0], &item_counts[0])
    return reader.items


def strings_of(const uint8_t[::1] data, const int64_t[:] starts, const int64_t[:] sizes):
    """Return texts in UTF-8 as Python strings."""
    cdef int64_t place
    cdef list strings = [None] * len(starts)
    for place in range(len(starts)):
        strings[place] = PyUnicode_DecodeUTF8(
            <const char*>&data[starts[place]], sizes[place], NULL
        )
    return strings


cdef void _read_all(
    Reader* reader, const int64_t* ends, int64_t count, uint8_t* plain, int64_t* item_counts
) noexcept:
    cdef int64_t row = 0, start = 0, record, at, items, arena
    for record in range(count):
        items, arena = reader.items, reader.arena
        at = _record(reader, _skip_space(reader, start), row)
        # White space may go on into the next record, an object may not.
        if at != NOT_PLAIN and at <= ends[record] <= _skip_space(reader, at):
            plain[record] = 1
            item_counts[row] = reader.items - items
            row += 1
        else:
            _forget(reader, row, items)
            reader.items, reader.arena = items, arena
        start = ends[record]


cdef void _forget(Reader* reader, int64_t row, int64_t first_item) noexcept:
    """Empty the columns of a record that was begun."""
    cdef int64_t key, place, first, last
    for key in range(reader.key_count):
        if reader.keys[key].level:
            first, last = first_item, reader.items
        else:
            first, last = row, row + 1
        for place in range(reader.lines[key] + first, reader.lines[key] + last):
            if NUMBER <= reader.keys[key].kind <= INSTANT:
                reader.numbers[place] = float("nan")
            elif reader.keys[key].slot >= 0:
                reader.starts[place] = reader.sizes[place] = 0


cdef int64_t _record(Reader* reader, int64_t at, int64_t row) noexcept:
    """Read the record whose brace is at a place into a row; return where it ends.

    Its objects have no objects in them: `_object` reads both, the record and those.
    """
    if reader.data[at] != OPEN:
        return NOT_PLAIN
    return _object(reader, at + 1, 0, row)


cdef int64_t _object(Reader* reader, int64_t at, int64_t kind, int64_t row) noexcept:
    """Read the object that starts behind a brace into a row; return where it ends."""
    cdef const Object* this = &reader.objects[kind]
    cdef int64_t key, seen = 0, previous = -1
    while True:
        at = _skip_space(reader, at)
        if reader.data[at] != QUOTE:
            return NOT_PLAIN
        key = _key(reader, at + 1, this, previous)
        if key < 0 or seen >> (key - this.first) & 1:
            return NOT_PLAIN
        seen |= <int64_t>1 << (key - this.first)
        previous = key
        at = _skip_space(reader, at + 2 + reader.words[reader.keys[key].name].size)
        if reader.data[at] != COLON:
            return NOT_PLAIN
        at = _value(reader, _skip_space(reader, at + 1), key, row)
        if at == NOT_PLAIN:
            return NOT_PLAIN
        at = _skip_space(reader, at)
        if reader.data[at] == CLOSE:
            break
        if reader.data[at] != COMMA:
            return NOT_PLAIN
        at += 1
    if seen & this.required != this.required:
        return NOT_PLAIN
    _fill_in(reader, this, seen, row)
    return at + 1


cdef inline int64_t _value(Reader* reader, int64_t at, int64_t key, int64_t row) noexcept:
    """Read the value of a key; return where it ends."""
    cdef const Key* this = &reader.keys[key]
    cdef int64_t place = reader.lines[key] + row
    if this.nullable and memcmp(reader.data + at, "null", 4) == 0:
        return at + 4
    if this.kind == TEXT or this.kind == CHOICE:
        return _text_value(reader, at, key, place)
    if this.kind == NUMBER or this.kind == INTEGER:
        return _number_value(reader, at, key, place)
    if this.kind == INSTANT:
        return _instant(reader, at, &reader.numbers[place])
    if this.kind == OBJECT:
        return _object(reader, at + 1, this.child, row) if reader.data[at] == OPEN else NOT_PLAIN
    if this.kind == OBJECTS:
        return _items(reader, at, key)
    return _mapping(reader, at, key, place)


cdef int64_t _items(Reader* reader, int64_t at, int64_t key) noexcept:
    """Read an array of objects, a row for each; return where it ends."""
    cdef int64_t count = 0
    if reader.data[at] != OPEN_ARRAY:
        return NOT_PLAIN
    while count < reader.bounds[key].high:
        at = _skip_space(reader, at + 1)
        if reader.data[at] != OPEN:
            return NOT_PLAIN
        count += 1
        reader.items += 1
        at = _object(reader, at + 1, reader.keys[key].child, reader.items - 1)
        if at == NOT_PLAIN:
            return NOT_PLAIN
        at = _skip_space(reader, at)
        if reader.data[at] == CLOSE_ARRAY:
            return at + 1 if count >= reader.bounds[key].low else NOT_PLAIN
        if reader.data[at] != COMMA:
            return NOT_PLAIN
    return NOT_PLAIN


cdef int64_t _mapping(Reader* reader, int64_t at, int64_t key, int64_t place) noexcept:
    """Check an object of texts by texts and note where it stands; return where it ends.

    The bounds are those of a key's and of a value's length, the child is the largest number.
    """
    cdef int64_t begin = at, start, size, count = 0
    if reader.data[at] != OPEN:
        return NOT_PLAIN
    at = _skip_space(reader, at + 1)
    while reader.data[at] != CLOSE or count:
        count += 1
        if count > reader.keys[key].child:
            return NOT_PLAIN
        at = _text(reader, at, 0, reader.bounds[key].low, &start, &size)
        if at == NOT_PLAIN:
            return NOT_PLAIN
        at = _skip_space(reader, at)
        if reader.data[at] != COLON:
            return NOT_PLAIN
        at = _text(reader, _skip_space(reader, at + 1), 0, reader.bounds[key].high, &start, &size)
        if at == NOT_PLAIN:
            return NOT_PLAIN
        at = _skip_space(reader, at)
        if reader.data[at] == CLOSE:
            break
        if reader.data[at] != COMMA:
            return NOT_PLAIN
        at = _skip_space(reader, at + 1)
    reader.starts[place], reader.sizes[place] = begin, at + 1 - begin
    return at + 1


cdef inline int64_t _key(
    Reader* reader, int64_t at, const Object* this, int64_t previous
) noexcept:
    """Return the key whose name is at a place, the likely one first; below 0 if there is none."""
    cdef int64_t key = this.first if previous < 0 else reader.likely[previous]
    if key < this.last and _is_name(reader, at, key):
        return key
    for key in range(this.first, this.last):
        if _is_name(reader, at, key):
            if previous >= 0:
                reader.likely[previous] = key
            return key
    return -1


cdef inline bint _is_name(Reader* reader, int64_t at, int64_t key) noexcept:
    """Return whether a key's name and a quote are at a place."""
    cdef Word name = reader.words[reader.keys[key].name]
    if reader.data[at + name.size] != QUOTE:
        return False
    return memcmp(reader.data + at, reader.names + name.start, name.size) == 0


cdef inline void _fill_in(
    Reader* reader, const Object* this, int64_t seen, int64_t row
) noexcept:
    """Put in what stands for texts that are not there."""
    cdef int64_t key
    cdef Word word
    for key in range(this.first, this.last):
        word = reader.words[reader.keys[key].absent]
        if word.size and not seen >> (key - this.first) & 1:
            memcpy(reader.data + reader.arena, reader.names + word.start, word.size)
            reader.starts[reader.lines[key] + row] = reader.arena
            reader.sizes[reader.lines[key] + row] = word.size
            reader.arena += word.size


cdef inline int64_t _skip_space(Reader* reader, int64_t at) noexcept:
    """Return the place of the next byte that is no white space."""
    while reader.data[at] <= SPACE and reader.data[at] in (SPACE, NEWLINE, 0x0D, 0x09):
        at += 1
    return at


# Texts


cdef inline int64_t _text_value(
    Reader* reader, int64_t at, int64_t key, int64_t place
) noexcept:
    cdef int64_t start = 0, size = 0
    cdef Bounds bounds = reader.bounds[key]
    at = _text(reader, at, bounds.low, bounds.high, &start, &size)
    if at == NOT_PLAIN:
        return NOT_PLAIN
    if reader.keys[key].kind == CHOICE and not _chosen(reader, key, start, size):
        return NOT_PLAIN
    reader.starts[place], reader.sizes[place] = start, size
    return at


cdef bint _chosen(Reader* reader, int64_t key, int64_t start, int64_t size) noexcept:
    """Return whether a text is one of those that a key allows."""
    cdef int64_t choice
    cdef Word word
    for choice in range(reader.keys[key].choices, reader.keys[key].choices_end):
        word = reader.words[choice]
        if word.size == size and memcmp(reader.data + start, reader.names + word.start, size) == 0:
            return True
    return False


cdef inline int64_t _text(
    Reader* reader, int64_t at, double shortest, double longest, int64_t* start, int64_t* size
) noexcept:
    """Find a text with its quotes; return where it ends, and its span without escapes."""
    cdef int64_t end, count
    cdef bint escapes = False, others = False
    if reader.data[at] != QUOTE:
        return NOT_PLAIN
    end = _text_end(reader.data, at + 1, &escapes, &others)
    if end == NOT_PLAIN:
        return NOT_PLAIN
    start[0], size[0] = at + 1, end - at - 1
    if escapes:
        start[0] = reader.arena
        size[0] = _unescaped(reader.data, at + 1, end, reader.arena) - reader.arena
        if size[0] < 0:
            return NOT_PLAIN
        reader.arena += size[0]
    count = size[0]
    if escapes or others:
        count = _characters(reader.data, start[0], start[0] + size[0])
    # Below 0 if it is no UTF-8.
    return end + 1 if shortest <= count <= longest else NOT_PLAIN


cdef inline int64_t _text_end(
    const uint8_t* data, int64_t at, bint* escapes, bint* others
) noexcept:
    """Return where the quote behind a text is; say whether it has escapes, and non-ASCII."""
    cdef int64_t size
    while True:
        while _all_ordinary(data + at):
            at += 8
        for size in range(8):
            if data[at] == QUOTE:
                return at
            if data[at] < SPACE:
                return NOT_PLAIN
            if data[at] == BACKSLASH:
                escapes[0] = True
                at += 1
                if data[at] < SPACE:
                    return NOT_PLAIN
            elif data[at] >= 0x80:
                others[0] = True
            at += 1


cdef inline bint _all_ordinary(const uint8_t* data) noexcept:
    """Return whether eight bytes are ASCII, no quote, no backslash and no control character."""
    cdef uint64_t word, quotes, backslashes, odd
    memcpy(&word, data, 8)
    quotes = word ^ <uint64_t>0x2222222222222222
    backslashes = word ^ <uint64_t>0x5C5C5C5C5C5C5C5C
    odd = (quotes - <uint64_t>0x0101010101010101) & ~quotes
    odd |= (backslashes - <uint64_t>0x0101010101010101) & ~backslashes
    odd |= (word - <uint64_t>0x2020202020202020) & ~word
    return ((odd | word) & <uint64_t>0x8080808080808080) == 0


cdef int64_t _characters(const uint8_t* data, int64_t at, int64_t end) noexcept:
    """Return how many characters UTF-8 has between two places, or `NOT_PLAIN`."""
    cdef int64_t count = 0, size, place
    cdef uint8_t first, second
    while at < end:
        first, second = data[at], data[at + 1]
        if first < 0x80:
            size = 1
        elif 0xC2 <= first <= 0xDF:
            size = 2
        elif 0xE0 <= first <= 0xEF:
            size = 3
        elif 0xF0 <= first <= 0xF4:
            size = 4
        else:
            return NOT_PLAIN
        # Not the shortest form, a surrogate, or past the end of Unicode.
        if (first == 0xE0 and second < 0xA0) or (first == 0xED and second >= 0xA0):
            return NOT_PLAIN
        if (first == 0xF0 and second < 0x90) or (first == 0xF4 and second >= 0x90):
            return NOT_PLAIN
        if at + size > end:
            return NOT_PLAIN
        for place in range(at + 1, at + size):
            if data[place] & 0xC0 != 0x80:
                return NOT_PLAIN
        at += size
        count += 1
    return count


cdef int64_t _unescaped(uint8_t* data, int64_t at, int64_t end, int64_t out) noexcept:
    """Write a text without its escapes, in UTF-8, from `out` on; return where it ends.

    It is never longer than with them.
    """
    cdef int64_t code
    while at < end:
        if data[at] != BACKSLASH:
            data[out] = data[at]
            at, out = at + 1, out + 1
        elif data[at + 1] == c"u":
            code = _code_point(data, at, end)
            if code < 0:
                return NOT_PLAIN
            at += 12 if code > 0xFFFF else 6
            out = _encoded(code, data, out)
        else:
            code = _simple(data[at + 1])
            if code < 0:
                return NOT_PLAIN
            data[out] = code
            at, out = at + 2, out + 1
    return out


cdef int64_t _simple(uint8_t letter) noexcept:
    if letter == QUOTE or letter == BACKSLASH or letter == c"/":
        return letter
    if letter == c"n":
        return 0x0A
    if letter == c"t":
        return 0x09
    if letter == c"r":
        return 0x0D
    if letter == c"b":
        return 0x08
    return 0x0C if letter == c"f" else -1


cdef int64_t _code_point(const uint8_t* data, int64_t at, int64_t end) noexcept:
    """Return the character that an escape or a pair of surrogates at a place says, or -1."""
    cdef int64_t first = _hexadecimal(data, at + 2, end), second
    if first < 0xD800 or first > 0xDFFF:
        return first
    if first > 0xDBFF or data[at + 6] != BACKSLASH or data[at + 7] != c"u":
        return -1
    second = _hexadecimal(data, at + 8, end)
    if second < 0xDC00 or second > 0xDFFF:
        return -1
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)


cdef int64_t _hexadecimal(const uint8_t* data, int64_t at, int64_t end) noexcept:
    """Return the number of four hexadecimal digits, or -1."""
    cdef int64_t number = 0, place
    cdef uint8_t digit
    if at + 4 > end:
        return -1
    for place in range(at, at + 4):
        digit = data[place]
        if ZERO <= digit <= NINE:
            number = number * 16 + digit - ZERO
        elif c"a" <= digit | 0x20 <= c"f":
            number = number * 16 + (digit | 0x20) - c"a" + 10
        else:
            return -1
    return number


cdef int64_t _encoded(int64_t code, uint8_t* data, int64_t out) noexcept:
    """Write a character in UTF-8; return where it ends."""
    if code < 0x80:
        data[out] = code
        return out + 1
    if code < 0x800:
        data[out] = 0xC0 | code >> 6
        data[out + 1] = 0x80 | code & 0x3F
        return out + 2
    if code < 0x10000:
        data[out] = 0xE0 | code >> 12
        data[out + 1] = 0x80 | code >> 6 & 0x3F
        data[out + 2] = 0x80 | code & 0x3F
        return out + 3
    data[out] = 0xF0 | code >> 18
    data[out + 1] = 0x80 | code >> 12 & 0x3F
    data[out + 2] = 0x80 | code >> 6 & 0x3F
    data[out + 3] = 0x80 | code & 0x3F
    return out + 4


# Numbers and instants


cdef inline int64_t _number_value(
    Reader* reader, int64_t at, int64_t key, int64_t place
) noexcept:
    cdef bint whole = True
    cdef double value = 0.0
    cdef Bounds bounds = reader.bounds[key]
    at = _number(reader.data, at, &value, &whole)
    if at == NOT_PLAIN or (reader.keys[key].kind == INTEGER and not whole):
        return NOT_PLAIN
    if not bounds.low <= value <= bounds.high or (reader.keys[key].above and value == bounds.low):
        return NOT_PLAIN
    reader.numbers[place] = value
    return at


cdef inline int64_t _number(
    const uint8_t* data, int64_t at, double* value, bint* whole
) noexcept:
    """Read a number that is not negative; return where it ends, and whether it is an integer."""
    cdef int64_t begin = at, digits = 0, tens = 0, size
    while ZERO <= data[at] <= NINE:
        digits = digits * 10 + data[at] - ZERO if at - begin < MOST_DIGITS else 0
        at += 1
    size = at - begin
    if size == 0 or (size > 1 and data[begin] == ZERO):
        return NOT_PLAIN
    if data[at] == POINT:
        whole[0] = False
        at += 1
        while ZERO <= data[at] <= NINE:
            digits = digits * 10 + data[at] - ZERO if size < MOST_DIGITS else 0
            at, size, tens = at + 1, size + 1, tens - 1
        if tens == 0:
            return NOT_PLAIN
    if data[at] | 0x20 == c"e":
        whole[0] = False
        at = _exponent_end(data, at + 1)
        return at if at != NOT_PLAIN and _long_number(data, begin, at, value) else NOT_PLAIN
    if size <= EXACT_DIGITS and tens >= -EXACT_TENS:
        # One operation with what floats hold exactly is rounded once, as it must be.
        value[0] = digits / POWERS[-tens]
        return at
    return at if _long_number(data, begin, at, value) else NOT_PLAIN


cdef int64_t _exponent_end(const uint8_t* data, int64_t at) noexcept:
    if data[at] == PLUS or data[at] == MINUS:
        at += 1
    if not ZERO <= data[at] <= NINE:
        return NOT_PLAIN
    while ZERO <= data[at] <= NINE:
        at += 1
    return at


cdef bint _long_number(const uint8_t* data, int64_t begin, int64_t end, double* value) noexcept:
    """Read a number of many digits or with an exponent; few records have one."""
    cdef char[LONGEST_NUMBER + 1] text
    if end - begin > LONGEST_NUMBER:
        return False
    memcpy(text, data + begin, end - begin)
    text[end - begin] = 0
    value[0] = PyOS_string_to_double(text, NULL, NULL)
    return True


cdef int64_t _instant(Reader* reader, int64_t at, double* seconds) noexcept:
    """Read an instant with its quotes as Unix seconds; return where it ends."""
    cdef const uint8_t* data = reader.data
    cdef int64_t days = _days(data, at + 1), second = _second_of_day(data, at + 12)
    cdef int64_t micros = 0, unit = 1_000_000, offset
    if data[at] != QUOTE or days < 0 or second < 0 or data[at + 11] != c"T":
        return NOT_PLAIN
    at += 20
    if data[at] == POINT:
        at += 1
        while ZERO <= data[at] <= NINE and unit > 1:
            unit //= 10
            micros += (data[at] - ZERO) * unit
            at += 1
        if unit == 1_000_000:
            return NOT_PLAIN
    if data[at] == c"Z":
        offset, at = 0, at + 1
    else:
        offset = _offset(data, at)
        if offset == NOT_PLAIN:
            return NOT_PLAIN
        offset, at = offset if data[at] == PLUS else -offset, at + 6
    seconds[0] = <double>((days * 86_400 + second - offset) * 1_000_000 + micros) / 1e6
    return at + 1 if data[at] == QUOTE else NOT_PLAIN


cdef int64_t _days(const uint8_t* data, int64_t at) noexcept:
    """Return the days from 1970 to the date at a place, or `NOT_PLAIN`."""
    cdef int64_t year = _digits(data, at, 4), month = _digits(data, at + 5, 2)
    cdef int64_t day = _digits(data, at + 8, 2), longest = 31
    if data[at + 4] != MINUS or data[at + 7] != MINUS or not EARLIEST <= year <= LATEST:
        return NOT_PLAIN
    if month == 2:
        longest = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    elif month in (4, 6, 9, 11):
        longest = 30
    if not 1 <= month <= 12 or not 1 <= day <= longest:
        return NOT_PLAIN
    # Years from March on, so that the leap day is the last one.
    if month < 3:
        year, month = year - 1, month + 12
    return (
        year * 365 + year // 4 - year // 100 + year // 400
        + (153 * (month - 3) + 2) // 5 + day - 719_469
    )


cdef int64_t _second_of_day(const uint8_t* data, int64_t at) noexcept:
    """Return the seconds that the time at a place has, or `NOT_PLAIN`."""
    cdef int64_t hour = _digits(data, at, 2), minute = _digits(data, at + 3, 2)
    cdef int64_t second = _digits(data, at + 6, 2)
    if data[at + 2] != COLON or data[at + 5] != COLON:
        return NOT_PLAIN
    if not 0 <= hour < 24 or not 0 <= minute < 60 or not 0 <= second < 60:
        return NOT_PLAIN
    return hour * 3_600 + minute * 60 + second


cdef int64_t _offset(const uint8_t* data, int64_t at) noexcept:
    """Return the seconds of the offset at a place, without its sign, or `NOT_PLAIN`."""
    cdef int64_t hours = _digits(data, at + 1, 2), minutes = _digits(data, at + 4, 2)
    if data[at] not in (PLUS, MINUS) or data[at + 3] != COLON:
        return NOT_PLAIN
    if not 0 <= hours < 24 or not 0 <= minutes < 60:
        return NOT_PLAIN
    return hours * 3_600 + minutes * 60


cdef int64_t _digits(const uint8_t* data, int64_t at, int64_t count) noexcept:
    """Return the number that so many digits say, or `NOT_PLAIN`."""
    cdef int64_t number = 0, place
    for place in range(at, at + count):
        if not ZERO <= data[place] <= NINE:
            return NOT_PLAIN
        number = number * 10 + data[place] - ZERO
    return number
