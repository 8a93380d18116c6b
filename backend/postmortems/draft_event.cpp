#include "postmortems/draft_event.hpp"

#include <algorithm>
#include <array>

#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> draft_event_words{"template", "section", "state",  "reviewer",
                                                            "comment",  "resolve", "factors"};

std::string payload_of(const DraftEvent& event) {
    switch (event.kind) {
        case DraftEventKind::chosen:
            return core::dump_json(to_json(event.form));
        case DraftEventKind::section:
            return encode(event.save);
        case DraftEventKind::state:
            return encode(event.move);
        case DraftEventKind::reviewer:
            return encode(event.review);
        case DraftEventKind::comment:
            return encode(event.comment);
        case DraftEventKind::resolve:
            return encode(event.resolve);
        case DraftEventKind::factors:
            return encode_factors(event.factors);
    }
    return "{}";
}

template <class T>
core::Result<> read_into(T& into, core::Result<T> read) {
    if (!read) return core::Failure(read.error());
    into = std::move(*read);
    return {};
}

core::Result<> read_payload(DraftEvent& event, const std::string& text) {
    switch (event.kind) {
        case DraftEventKind::chosen: {
            const auto value = core::parse_json(text);
            if (!value) return core::Failure(value.error());
            return read_into(event.form, template_from_json(*value));
        }
        case DraftEventKind::section:
            return read_into(event.save, decode_save_request(text));
        case DraftEventKind::state:
            return read_into(event.move, decode_move_request(text));
        case DraftEventKind::reviewer:
            return read_into(event.review, decode_reviewer_request(text));
        case DraftEventKind::comment:
            return read_into(event.comment, decode_comment_request(text));
        case DraftEventKind::resolve:
            return read_into(event.resolve, decode_resolve_request(text));
        case DraftEventKind::factors:
            return read_into(event.factors, decode_factors(text));
    }
    return {};
}

std::string told(const DraftEvent& event) {
    switch (event.kind) {
        case DraftEventKind::chosen:
            return fmt::format("chose the template {}", event.form.title);
        case DraftEventKind::section:
            return fmt::format("wrote {}{}", event.save.section,
                               event.save.settles.empty() ? "" : ", and settled a conflict");
        case DraftEventKind::state:
            return fmt::format("moved it to {}{}{}", to_string(event.move.state),
                               event.move.override_guards ? ", over its checks" : "",
                               event.move.reason.empty() ? "" : ": " + event.move.reason);
        case DraftEventKind::reviewer:
            if (!event.review.verdict) return "asks " + event.review.person + " no longer for a review";
            if (*event.review.verdict == Verdict::asked)
                return "asked " + event.review.person + " for a review";
            return fmt::format(
                "{}{}", *event.review.verdict == Verdict::approved ? "approved it" : "asked for changes",
                event.review.text.empty() ? "" : ": " + event.review.text);
        case DraftEventKind::comment:
            return event.comment.text;
        case DraftEventKind::resolve:
            return fmt::format("{} comment {}{}", event.resolve.resolved ? "resolved" : "opened again",
                               event.comment_id, event.resolve.text.empty() ? "" : ": " + event.resolve.text);
        case DraftEventKind::factors: {
            std::string tags;
            for (const Factor& factor : event.factors) tags += (tags.empty() ? "" : ", ") + factor.tag;
            return "tagged " + (tags.empty() ? std::string("no factor") : tags);
        }
    }
    return {};
}

}  // namespace

std::string_view to_string(DraftEventKind kind) {
    return draft_event_words[std::size_t(kind)];
}

std::optional<DraftEventKind> parse_draft_event_kind(std::string_view text) {
    const auto at = std::ranges::find(draft_event_words, text);
    if (at == draft_event_words.end()) return std::nullopt;
    return DraftEventKind(at - draft_event_words.begin());
}

std::string encode(const DraftEvent& event) {
    json value{{"actor", event.actor},
               {"at", core::format_rfc3339(event.at)},
               {"payload", json::parse(payload_of(event))}};
    if (event.kind == DraftEventKind::resolve) value["comment"] = event.comment_id;
    return core::dump_json(value);
}

core::Result<DraftEvent> decode_draft_event(DraftEventKind kind, std::string_view body) {
    const auto value = core::parse_json(body);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    DraftEvent event;
    event.kind = kind;
    event.actor = fields.text("actor", 200);
    event.at = fields.required_time("at");
    event.comment_id = fields.count("comment").value_or(0);
    if (auto read = read_payload(event, core::dump_json(fields.object("payload"))); !read)
        return core::Failure(read.error());
    return fields.finish(std::move(event));
}

HistoryEntry entry_of(const DraftEvent& event) {
    HistoryEntry entry;
    entry.seq = entry.first = event.seq;
    entry.kind = to_string(event.kind);
    entry.actor = event.actor;
    entry.at = event.at;
    entry.what = told(event);
    if (event.kind == DraftEventKind::comment) entry.section = event.comment.section;
    if (event.kind == DraftEventKind::section) {
        entry.section = event.save.section;
        entry.text = event.save.text;
    }
    return entry;
}

std::vector<HistoryEntry> history(std::span<const DraftEvent> events) {
    constexpr std::chrono::minutes one_go{10};
    std::vector<HistoryEntry> entries;
    Draft draft;
    bool autosaved = false;
    for (const DraftEvent& event : events) {
        HistoryEntry entry = entry_of(event);
        if (auto next = follow(draft, event)) {
            draft = std::move(*next);
            if (event.kind == DraftEventKind::section) {
                const Section* section = find_section(draft, event.save.section);
                entry.conflict = section != nullptr && section->current.seq != event.seq;
            }
        }
        const bool goes_on = autosaved && event.save.autosave && !entries.empty() &&
                             event.kind == DraftEventKind::section && entries.back().kind == entry.kind &&
                             entries.back().section == entry.section && entries.back().actor == entry.actor &&
                             entries.back().conflict == entry.conflict &&
                             entry.at - entries.back().at <= one_go;
        if (goes_on) {
            entry.first = entries.back().first;
            entry.saves = entries.back().saves + 1;
            entries.back() = std::move(entry);
        } else {
            entries.push_back(std::move(entry));
        }
        autosaved = event.kind == DraftEventKind::section && event.save.autosave;
    }
    std::ranges::reverse(entries);
    return entries;
}

}  // namespace qd::postmortems
