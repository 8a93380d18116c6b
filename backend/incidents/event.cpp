#include "incidents/event.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

constexpr std::array<std::string_view, 23> words{
    "opened",  "acknowledge", "assign",   "severity", "state",    "note",     "status_update", "link",
    "alert",   "rollout",     "chaos",    "evidence", "handover", "relation", "pin",           "attachment",
    "runbook", "silence",     "delivery", "deploy",   "config",   "flag",     "overtaken"};

constexpr std::size_t max_text = 16 << 10, max_title = 300, max_name = 200, max_url = 2'000;

/// Which fields beside `text` a kind has.
enum Field : unsigned {
    f_title = 1,
    f_service = 2,
    f_severity = 4,
    f_state = 8,
    f_into = 16,
    f_role = 32,
    f_person = 64,
    f_url = 128,
    f_purpose = 256,
    f_subject = 512,
    f_phase = 1024,
    f_query = 2048,
    f_unit = 4096,
    f_times = 8192,
    f_samples = 16384,
    f_bytes = 32768,
};

unsigned fields_of(EventKind kind) {
    switch (kind) {
        case EventKind::opened:
            return f_title | f_service | f_severity | f_subject | f_times;
        case EventKind::acknowledge:
        case EventKind::note:
            return 0;
        case EventKind::status_update:
            return f_purpose;
        case EventKind::assign:
        case EventKind::handover:
            return f_role | f_person;
        case EventKind::severity:
            return f_severity;
        case EventKind::state:
            return f_state | f_into;
        case EventKind::link:
            return f_url | f_purpose;
        case EventKind::alert:
        case EventKind::rollout:
        case EventKind::chaos:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
        case EventKind::pin:
        case EventKind::runbook:
        case EventKind::silence:
        case EventKind::delivery:
            return f_subject | f_phase;
        case EventKind::evidence:
            return f_subject | f_query | f_unit | f_samples;
        case EventKind::relation:
            return f_into | f_purpose;
        case EventKind::attachment:
            return f_subject | f_title | f_unit | f_bytes;
        case EventKind::overtaken:
            return f_subject;
    }
    return 0;
}

unsigned present(const EventBody& body) {
    unsigned fields = 0;
    const auto add = [&fields](bool there, Field field) {
        if (there) fields |= field;
    };
    add(!body.title.empty(), f_title);
    add(!body.service.empty(), f_service);
    add(body.severity.has_value(), f_severity);
    add(body.state.has_value(), f_state);
    add(!body.into.empty(), f_into);
    add(!body.role.empty(), f_role);
    add(!body.person.empty(), f_person);
    add(!body.url.empty(), f_url);
    add(!body.purpose.empty(), f_purpose);
    add(!body.subject.empty(), f_subject);
    add(!body.phase.empty(), f_phase);
    add(!body.query.empty(), f_query);
    add(!body.unit.empty(), f_unit);
    add(body.started_at.has_value() || body.detected_at.has_value(), f_times);
    add(!body.samples.empty(), f_samples);
    add(body.bytes.has_value(), f_bytes);
    return fields;
}

core::Result<> check_lengths(const EventBody& body) {
    struct Limit {
        std::string_view field;
        const std::string& value;
        std::size_t most;
    };
    for (const Limit& limit : std::initializer_list<Limit>{{"text", body.text, max_text},
                                                           {"title", body.title, max_title},
                                                           {"service", body.service, max_name},
                                                           {"into", body.into, max_name},
                                                           {"role", body.role, max_name},
                                                           {"person", body.person, max_name},
                                                           {"url", body.url, max_url},
                                                           {"purpose", body.purpose, max_name},
                                                           {"subject", body.subject, max_name},
                                                           {"phase", body.phase, max_name},
                                                           {"query", body.query, max_url},
                                                           {"unit", body.unit, max_name}}) {
        if (limit.value.size() > limit.most)
            return fail(Errc::invalid_argument, "{}: at most {} bytes", limit.field, limit.most);
        if (limit.value.find('\0') != std::string::npos)
            return fail(Errc::invalid_argument, "{}: holds a NUL byte", limit.field);
    }
    if (body.samples.size() > max_samples)
        return fail(Errc::invalid_argument, "samples: at most {}", max_samples);
    return {};
}

core::Failure missing(std::string_view field, EventKind kind) {
    return fail(Errc::invalid_argument, "{}: is needed for '{}'", field, to_string(kind));
}

core::Result<> check_needed(EventKind kind, const EventBody& body) {
    switch (kind) {
        case EventKind::opened:
            if (body.title.empty()) return missing("title", kind);
            break;
        case EventKind::handover:
            if (body.person.empty()) return missing("person", kind);
            [[fallthrough]];
        case EventKind::assign:
            if (!is_role(body.role))
                return fail(Errc::invalid_argument,
                            "role: one of commander, deputy, scribe, liaison, expert, or expert/AREA");
            break;
        case EventKind::severity:
            if (!body.severity) return missing("severity", kind);
            break;
        case EventKind::state:
            if (!body.state) return missing("state", kind);
            if ((body.state == State::merged) != !body.into.empty())
                return fail(Errc::invalid_argument,
                            "into: names the other incident when, and only when, merging");
            break;
        case EventKind::note:
        case EventKind::status_update:
            if (body.text.empty() && !body.retracted) return missing("text", kind);
            break;
        case EventKind::link:
            if (body.retracted) break;
            // Links are clicked: nothing but the web's own schemes.
            if (!body.url.starts_with("https://") && !body.url.starts_with("http://"))
                return fail(Errc::invalid_argument, "url: begins with http:// or https://");
            break;
        case EventKind::alert:
        case EventKind::rollout:
        case EventKind::chaos:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
        case EventKind::pin:
        case EventKind::runbook:
        case EventKind::silence:
        case EventKind::delivery:
            if (body.subject.empty()) return missing("subject", kind);
            if (body.phase.empty()) return missing("phase", kind);
            break;
        case EventKind::relation:
            if (body.into.empty()) return missing("into", kind);
            if (!is_relation(body.purpose))
                return fail(Errc::invalid_argument, "purpose: '{}' is no relation of incidents",
                            body.purpose);
            break;
        case EventKind::attachment:
            if (body.subject.size() != 64 ||
                body.subject.find_first_not_of("0123456789abcdef") != std::string::npos)
                return fail(Errc::invalid_argument, "subject: a SHA-256 in 64 lowercase hexadecimal digits");
            if (body.title.empty()) return missing("title", kind);
            break;
        case EventKind::overtaken:
            if (body.subject.empty()) return missing("subject", kind);
            if (body.text.empty()) return missing("text", kind);
            break;
        case EventKind::evidence:
            if (body.text.empty() && !body.retracted) return missing("text", kind);
            break;
        case EventKind::acknowledge:
            break;
    }
    return {};
}

std::string with_reason(std::string text, const std::string& reason) {
    return reason.empty() ? text : fmt::format("{} ({})", text, reason);
}

}  // namespace

std::string_view to_string(EventKind kind) {
    return words[std::size_t(kind)];
}

std::optional<EventKind> parse_event_kind(std::string_view text) {
    const auto* at = std::ranges::find(words, text);
    if (at == words.end()) return std::nullopt;
    return EventKind(at - words.begin());
}

bool is_human(EventKind kind) {
    return (kind >= EventKind::acknowledge && kind <= EventKind::link) || kind == EventKind::evidence ||
           kind == EventKind::handover || kind == EventKind::pin;
}

bool is_machine_source(std::string_view source) {
    constexpr std::array<std::string_view, 10> machines{"slo",          "rollouts", "chaos",  "desk",
                                                        "alertmanager", "silences", "notify", "runbooks",
                                                        "oncall",       "changes"};
    return std::ranges::find(machines, source) != machines.end();
}

bool is_change(EventKind kind) {
    return kind == EventKind::rollout || kind == EventKind::chaos || kind == EventKind::deploy ||
           kind == EventKind::config || kind == EventKind::flag;
}

core::Result<> check_body(EventKind kind, const EventBody& body) {
    if (auto lengths = check_lengths(body); !lengths) return lengths;
    if (present(body) & ~fields_of(kind))
        return fail(Errc::invalid_argument, "body: holds a field that '{}' does not have", to_string(kind));
    if (body.retracted && kind != EventKind::note && kind != EventKind::status_update &&
        kind != EventKind::link && kind != EventKind::evidence)
        return fail(Errc::invalid_argument,
                    "retracted: only notes, status updates, links and evidence can be taken back");
    for (const Sample& sample : body.samples)
        if (!std::isfinite(sample.value)) return fail(Errc::invalid_argument, "samples: only finite values");
    return check_needed(kind, body);
}

std::string describe(const Event& event) {
    const EventBody& body = event.body;
    if (body.retracted) return fmt::format("{} taken back", to_string(event.kind));
    switch (event.kind) {
        case EventKind::opened:
            return with_reason("opened: " + body.title, body.text);
        case EventKind::acknowledge:
            return with_reason("acknowledged", body.text);
        case EventKind::assign:
            return with_reason(fmt::format("{}: {}", body.role, body.person.empty() ? "nobody" : body.person),
                               body.text);
        case EventKind::severity:
            return with_reason(fmt::format("severity: {}", to_string(body.severity.value_or(Severity::sev3))),
                               body.text);
        case EventKind::state: {
            std::string text = fmt::format("state: {}", to_string(body.state.value_or(State::triage)));
            if (!body.into.empty()) text += " into " + body.into;
            return with_reason(std::move(text), body.text);
        }
        case EventKind::link:
            return with_reason(body.url, body.text);
        case EventKind::handover:
            return with_reason(fmt::format("{} handed over to {}", body.role, body.person), body.text);
        case EventKind::relation:
            return with_reason(fmt::format("{} {}", relation_words(body.purpose), body.into), body.text);
        case EventKind::pin:
            return fmt::format("event {} {}", body.subject, body.phase);
        case EventKind::attachment:
            return with_reason("attached: " + body.title, body.text);
        case EventKind::overtaken:
            return "not applied, another hand was first: " + body.text;
        case EventKind::status_update:
            return body.purpose.empty() ? body.text : fmt::format("to {}: {}", body.purpose, body.text);
        case EventKind::note:
        case EventKind::evidence:
            return body.text;
        case EventKind::alert:
        case EventKind::rollout:
        case EventKind::chaos:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
        case EventKind::runbook:
        case EventKind::silence:
        case EventKind::delivery:
            return body.text.empty()
                       ? fmt::format("{} {}: {}", to_string(event.kind), body.subject, body.phase)
                       : body.text;
    }
    return body.text;
}

}  // namespace qd::incidents
