#include "incidents/binary.hpp"

#include <array>
#include <bit>

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"
#include "incidents/projection.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

constexpr char row_version = 1;
constexpr std::string_view timeline_magic{"QDEV\1", 5};
constexpr std::size_t max_row_text = 16 << 10, max_key = 1'000;

/// The texts in the order of their bits; the others' bits come after them. Never reordered.
constexpr std::array<std::string EventBody::*, 12> row_texts{
    &EventBody::text,    &EventBody::title,  &EventBody::service, &EventBody::into,
    &EventBody::role,    &EventBody::person, &EventBody::url,     &EventBody::purpose,
    &EventBody::subject, &EventBody::phase,  &EventBody::query,   &EventBody::unit};

enum Bit : std::uint64_t {
    b_actor = 1u << 12,
    b_source = 1u << 13,
    b_severity = 1u << 14,
    b_state = 1u << 15,
    b_started = 1u << 16,
    b_detected = 1u << 17,
    b_bytes = 1u << 18,
    b_samples = 1u << 19,
    b_supersedes = 1u << 20,
    b_based_on = 1u << 21,
    b_retracted = 1u << 22,
    b_end = 1u << 23,
};

std::uint64_t zigzag(std::int64_t value) {
    return (std::uint64_t(value) << 1) ^ std::uint64_t(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
    return std::int64_t(value >> 1) ^ -std::int64_t(value & 1);
}
std::int64_t ms(core::WallTime at) {
    return at.time_since_epoch().count();
}
/// Differences wrap: whatever was written comes back, and no input overflows.
std::int64_t difference(std::int64_t to, std::int64_t from) {
    return std::int64_t(std::uint64_t(to) - std::uint64_t(from));
}
std::int64_t sum(std::int64_t from, std::int64_t by) {
    return std::int64_t(std::uint64_t(from) + std::uint64_t(by));
}

void put(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out += char(value | 0x80);
        value >>= 7;
    }
    out += char(value);
}
void put(std::string& out, std::string_view text) {
    put(out, std::uint64_t(text.size()));
    out += text;
}

/// Reads until the first misfit, from where on everything is zero and empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; at_ != end_ && shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at_++);
            if (shift == 63 && byte > 1) break;
            value |= std::uint64_t(byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        return refuse("a number does not end"), 0;
    }
    std::int64_t signed_number() { return unzigzag(number()); }
    std::string_view bytes(std::size_t most) {
        const std::uint64_t size = number();
        if (size > std::uint64_t(end_ - at_))
            return refuse("a text reaches past the end"), std::string_view();
        if (size > most) return refuse("a text is too long"), std::string_view();
        const std::string_view text(at_, std::size_t(size));
        at_ += size;
        return text;
    }
    unsigned char byte() {
        if (at_ == end_) return refuse("it ends too soon"), static_cast<unsigned char>(0);
        return static_cast<unsigned char>(*at_++);
    }
    double real() {
        if (end_ - at_ < 8) return refuse("it ends too soon"), 0;
        std::uint64_t bits = 0;
        for (unsigned i = 0; i < 8; ++i) bits |= std::uint64_t(static_cast<unsigned char>(*at_++)) << (8 * i);
        return std::bit_cast<double>(bits);
    }
    core::WallTime time() { return core::WallTime(std::chrono::milliseconds(signed_number())); }
    std::string_view rest() const { return {at_, std::size_t(end_ - at_)}; }
    void refuse(std::string_view reason) {
        if (reason_.empty()) reason_ = reason;
        at_ = end_;
    }
    bool ended() const { return at_ == end_; }
    core::Result<> finish() {
        if (reason_.empty() && at_ != end_) reason_ = "something follows its end";
        if (reason_.empty()) return {};
        return fail(Errc::corrupt, "{}", reason_);
    }

private:
    const char* at_;
    const char* end_;
    std::string_view reason_;
};

std::uint64_t fields_of(const Event& event) {
    const EventBody& body = event.body;
    std::uint64_t fields = 0;
    for (std::size_t i = 0; i < row_texts.size(); ++i)
        if (!(body.*row_texts[i]).empty()) fields |= std::uint64_t(1) << i;
    const auto add = [&fields](bool there, Bit bit) {
        if (there) fields |= bit;
    };
    add(!event.actor.empty(), b_actor);
    add(!event.source.empty(), b_source);
    add(body.severity.has_value(), b_severity);
    add(body.state.has_value(), b_state);
    add(body.started_at.has_value(), b_started);
    add(body.detected_at.has_value(), b_detected);
    add(body.bytes.has_value(), b_bytes);
    add(!body.samples.empty(), b_samples);
    add(event.supersedes.has_value(), b_supersedes);
    add(event.based_on.has_value(), b_based_on);
    add(body.retracted, b_retracted);
    return fields;
}

void read_samples(Reader& reader, std::vector<Sample>& samples) {
    const std::uint64_t count = reader.number();
    if (count > max_samples) return reader.refuse("there are too many samples");
    std::int64_t at = 0;
    for (std::uint64_t i = 0; i < count && !reader.ended(); ++i) {
        at = sum(at, reader.signed_number());
        samples.push_back({core::WallTime(std::chrono::milliseconds(at)), reader.real()});
    }
    if (samples.size() != count) reader.refuse("samples are missing");
}

void read_body(Reader& reader, std::uint64_t fields, EventBody& body) {
    if (fields & b_severity) {
        body.severity = severity_from(reader.byte());
        if (!body.severity) reader.refuse("there is no such severity");
    }
    if (fields & b_state) {
        const auto state = reader.byte();
        if (state > std::uint8_t(State::merged)) reader.refuse("there is no such state");
        body.state = State(state);
    }
    if (fields & b_started) body.started_at = reader.time();
    if (fields & b_detected) body.detected_at = reader.time();
    if (fields & b_bytes) body.bytes = reader.number();
    if (fields & b_samples) read_samples(reader, body.samples);
}

core::Result<> decode_binary(std::string_view bytes, JournalEntry& entry) {
    Reader reader(bytes);
    Event& event = entry.event;
    EventBody& body = event.body;
    entry.idempotency_key.assign(reader.bytes(max_key));
    const auto kind = reader.byte();
    if (kind > std::uint8_t(EventKind::overtaken)) reader.refuse("its kind is not known");
    const std::uint64_t fields = reader.number();
    if (fields >= b_end) reader.refuse("it has fields that are not known: a newer opsd wrote it");
    event.kind = EventKind(kind);
    event.occurred_at = reader.time();
    event.recorded_at =
        core::WallTime(std::chrono::milliseconds(sum(ms(event.occurred_at), reader.signed_number())));
    for (std::size_t i = 0; i < row_texts.size(); ++i) {
        std::string& text = body.*row_texts[i];
        if (fields & (std::uint64_t(1) << i))
            text.assign(reader.bytes(max_row_text));
        else
            text.clear();
    }
    event.actor.assign(fields & b_actor ? reader.bytes(max_row_text) : std::string_view());
    event.source.assign(fields & b_source ? reader.bytes(max_row_text) : std::string_view());
    body.severity.reset();
    body.state.reset();
    body.started_at.reset();
    body.detected_at.reset();
    body.bytes.reset();
    body.samples.clear();
    if (fields & (b_severity | b_state | b_started | b_detected | b_bytes | b_samples))
        read_body(reader, fields, body);
    event.supersedes.reset();
    event.based_on.reset();
    if (fields & b_supersedes) event.supersedes = reader.number();
    if (fields & b_based_on) event.based_on = reader.number();
    body.retracted = (fields & b_retracted) != 0;
    return reader.finish();
}

core::Result<> decode_json(std::uint64_t seq, std::string_view text, JournalEntry& entry) {
    auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    if (value->is_object()) (*value)["seq"] = seq;  // the row's own number counts
    auto event = event_from_json(*value);
    if (!event) return core::Failure(event.error());
    core::JsonFields fields(*value);
    entry = {std::move(*event), fields.text("idempotency_key")};
    return fields.finish();
}

}  // namespace

std::string encode_row(const JournalEntry& entry) {
    const Event& event = entry.event;
    const EventBody& body = event.body;
    const std::uint64_t fields = fields_of(event);
    std::string out;
    out.reserve(64 + body.text.size() + body.samples.size() * 10);
    out += row_version;
    put(out, entry.idempotency_key);
    out += char(event.kind);
    put(out, fields);
    put(out, zigzag(ms(event.occurred_at)));
    put(out, zigzag(difference(ms(event.recorded_at), ms(event.occurred_at))));
    for (const auto text : row_texts)
        if (!(body.*text).empty()) put(out, body.*text);
    if (!event.actor.empty()) put(out, event.actor);
    if (!event.source.empty()) put(out, event.source);
    if (body.severity) out += char(*body.severity);
    if (body.state) out += char(*body.state);
    if (body.started_at) put(out, zigzag(ms(*body.started_at)));
    if (body.detected_at) put(out, zigzag(ms(*body.detected_at)));
    if (body.bytes) put(out, *body.bytes);
    if (!body.samples.empty()) {
        put(out, std::uint64_t(body.samples.size()));
        std::int64_t before = 0;
        for (const Sample& sample : body.samples) {
            put(out, zigzag(difference(ms(sample.at), before)));
            before = ms(sample.at);
            const auto bits = std::bit_cast<std::uint64_t>(sample.value);
            for (unsigned i = 0; i < 8; ++i) out += char(bits >> (8 * i));
        }
    }
    if (event.supersedes) put(out, *event.supersedes);
    if (event.based_on) put(out, *event.based_on);
    return out;
}

core::Result<> decode_row(std::uint64_t seq, std::string_view body, JournalEntry& entry) {
    if (!body.starts_with(row_version)) {
        auto decoded = decode_json(seq, body, entry);
        if (!decoded) decoded.error().code = Errc::corrupt;
        return decoded;
    }
    entry.event.seq = seq;
    return decode_binary(body.substr(1), entry);
}

core::Result<> TimelineWriter::add(std::uint64_t seq, std::string_view row) {
    if (row.starts_with(row_version)) {
        Reader reader(row.substr(1));
        (void)reader.bytes(max_key);
        const std::string_view event = reader.rest();
        put(rows_, std::uint64_t(event.size() + 2));
        rows_ += row_version;
        rows_ += '\0';  // the length of no key
        rows_ += event;
    } else {
        if (auto ok = decode_row(seq, row, scratch_); !ok) return ok;
        scratch_.idempotency_key.clear();
        put(rows_, encode_row(scratch_));
    }
    ++count_;
    return {};
}

core::Result<std::string> TimelineWriter::finish() && {
    if (rows_.size() + 16 > max_timeline_bytes)
        return fail(Errc::too_large, "the timeline is longer than {} bytes", max_timeline_bytes);
    std::string head(timeline_magic);
    put(head, count_);
    rows_.insert(0, head);
    return std::move(rows_);
}

core::Result<std::vector<Event>> decode_timeline(std::string_view bytes, std::uint64_t after) {
    if (!bytes.starts_with(timeline_magic)) return fail(Errc::corrupt, "this is no timeline");
    Reader reader(bytes.substr(timeline_magic.size()));
    const std::uint64_t count = reader.number();
    if (count > max_events) return fail(Errc::corrupt, "a timeline has at most {} events", max_events);
    std::vector<Event> events;
    // A row has five bytes at least: no length that is only claimed takes memory.
    events.reserve(std::min<std::size_t>(std::size_t(count), bytes.size() / 5));
    JournalEntry entry;
    for (std::uint64_t row_number = 1; row_number <= count; ++row_number) {
        const std::uint64_t seq = after + row_number;
        const std::string_view row = reader.bytes(max_timeline_bytes);
        if (auto ok = decode_row(seq, row, entry); !ok)
            return fail(Errc::corrupt, "event {}: {}", seq, ok.error().message);
        events.push_back(std::move(entry.event));
    }
    if (auto ok = reader.finish(); !ok) return core::Failure(ok.error());
    return events;
}

}  // namespace qd::incidents
