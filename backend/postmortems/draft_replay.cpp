#include <algorithm>

#include "postmortems/draft_event.hpp"
#include "postmortems/material.hpp"

namespace qd::postmortems {
namespace {

using core::Errc;
using core::fail;
using core::Result;

Section* section_of(Draft& draft, std::string_view id) {
    const auto at = std::ranges::find(draft.sections, id, &Section::id);
    return at == draft.sections.end() ? nullptr : &*at;
}

bool has_persons_text(const Section& section) {
    return section.current.seq != 0 || !section.conflicts.empty();
}

/// What people wrote stays under its section's name; what no section of the new template is called goes
/// behind them.
Result<> choose(Draft& draft, const DraftEvent& event) {
    if (!is_editable(draft.state))
        return fail(Errc::conflict, "it is {}: take it back to draft before its template is changed",
                    to_string(draft.state));
    if (event.form.sections.empty() || event.form.sections.size() > max_sections)
        return fail(Errc::invalid_argument, "template: has 1 to {} sections", max_sections);
    Draft fresh = fresh_draft(draft.incident, event.form);
    for (Section& old : draft.sections) {
        if (!has_persons_text(old)) continue;
        if (Section* same = section_of(fresh, old.id)) {
            same->current = old.current;
            same->conflicts = std::move(old.conflicts);
        } else {
            old.of_template = false;
            fresh.sections.push_back(std::move(old));
        }
    }
    draft.sections = std::move(fresh.sections);
    draft.template_name = fresh.template_name;
    draft.template_title = fresh.template_title;
    return {};
}

Result<> save(Draft& draft, const DraftEvent& event) {
    Section* section = section_of(draft, event.save.section);
    if (section == nullptr)
        return fail(Errc::not_found, "there is no section '{}' in this post-mortem", event.save.section);
    if (event.save.based_on > draft.version)
        return fail(Errc::invalid_argument, "based_on: {} has not been yet", event.save.based_on);
    SectionVersion version{event.seq, event.actor, event.at, event.save.text, event.save.based_on};
    const bool takes_effect = is_editable(draft.state) && event.save.based_on == section->current.seq;
    if (draft.author.empty()) draft.author = event.actor;
    if (!takes_effect) {
        // Whoever goes on writing what is kept beside replaces their own text there, and nobody else's.
        std::erase_if(section->conflicts, [&](const SectionVersion& kept) {
            return kept.seq == event.save.based_on && kept.author == event.actor;
        });
        section->conflicts.push_back(std::move(version));
        return {};
    }
    section->current = std::move(version);
    std::erase_if(section->conflicts, [&](const SectionVersion& kept) {
        return std::ranges::find(event.save.settles, kept.seq) != event.save.settles.end();
    });
    for (Reviewer& reviewer : draft.reviewers)
        if (reviewer.verdict != Verdict::asked) reviewer.outdated = true;
    return {};
}

Result<> move_to(Draft& draft, const DraftEvent& event) {
    const auto ways = successors(draft.state);
    if (std::ranges::find(ways, event.move.state) == ways.end()) {
        std::string possible;
        for (const ReviewState way : ways)
            possible += (possible.empty() ? "" : ", ") + std::string(to_string(way));
        return fail(Errc::conflict, "from {} it cannot go to {}; possible is {}", to_string(draft.state),
                    to_string(event.move.state), possible);
    }
    const bool back = event.move.state < draft.state;
    if ((back || event.move.override_guards) &&
        event.move.reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return fail(Errc::invalid_argument, "reason: is missing: why {}?",
                    back ? "does it go back" : "are its checks passed over");
    draft.state = event.move.state;
    if (event.move.override_guards)
        draft.overrides.push_back({event.move.state, event.actor, event.move.reason, event.at});
    if (draft.state == ReviewState::published) draft.published_at = event.at;
    return {};
}

Result<> review(Draft& draft, const DraftEvent& event) {
    const ReviewerRequest& request = event.review;
    const auto known = std::ranges::find(draft.reviewers, request.person, &Reviewer::person);
    if (request.person.empty()) return fail(Errc::invalid_argument, "person: is missing");
    if (!request.verdict) {
        if (known == draft.reviewers.end())
            return fail(Errc::not_found, "{} is no reviewer of it", request.person);
        draft.reviewers.erase(known);
        return {};
    }
    if (*request.verdict != Verdict::asked) {
        if (request.person != event.actor)
            return fail(Errc::permission_denied, "a verdict is given in one's own name: you are {}",
                        event.actor);
        if (*request.verdict == Verdict::approved && request.person == draft.author)
            return fail(Errc::permission_denied, "{} wrote it: somebody else has to approve it",
                        draft.author);
        if (draft.state == ReviewState::draft)
            return fail(Errc::conflict, "it is a draft: it has to be put up for review first");
    }
    Reviewer reviewer{request.person, *request.verdict, request.text, event.at, false};
    if (known != draft.reviewers.end()) {
        *known = std::move(reviewer);
        return {};
    }
    if (draft.reviewers.size() >= max_reviewers)
        return fail(Errc::too_large, "at most {} people review it", max_reviewers);
    draft.reviewers.push_back(std::move(reviewer));
    return {};
}

Result<> add_comment(Draft& draft, const DraftEvent& event) {
    if (!event.comment.section.empty() && section_of(draft, event.comment.section) == nullptr)
        return fail(Errc::not_found, "there is no section '{}' in this post-mortem", event.comment.section);
    if (draft.comments.size() >= max_comments)
        return fail(Errc::too_large, "there are {} comments already", max_comments);
    Comment comment;
    comment.id = event.seq;
    comment.section = event.comment.section;
    comment.author = event.actor;
    comment.at = event.at;
    comment.text = event.comment.text;
    draft.comments.push_back(std::move(comment));
    return {};
}

Result<> resolve(Draft& draft, const DraftEvent& event) {
    const auto comment = std::ranges::find(draft.comments, event.comment_id, &Comment::id);
    if (comment == draft.comments.end())
        return fail(Errc::not_found, "there is no comment {} on this post-mortem", event.comment_id);
    comment->resolved = event.resolve.resolved;
    comment->resolved_by = event.resolve.resolved ? event.actor : "";
    comment->resolved_at = event.resolve.resolved ? std::optional(event.at) : std::nullopt;
    comment->resolution = event.resolve.text;
    return {};
}

Result<> tag(Draft& draft, const DraftEvent& event) {
    if (event.factors.size() > max_factors) return fail(Errc::too_large, "at most {} factors", max_factors);
    for (std::size_t i = 0; i < event.factors.size(); ++i)
        for (std::size_t k = i + 1; k < event.factors.size(); ++k)
            if (event.factors[i].tag == event.factors[k].tag)
                return fail(Errc::invalid_argument, "factors: '{}' is there twice", event.factors[i].tag);
    draft.factors = event.factors;
    return {};
}

Result<> apply(Draft& draft, const DraftEvent& event) {
    switch (event.kind) {
        case DraftEventKind::chosen:
            return choose(draft, event);
        case DraftEventKind::section:
            return save(draft, event);
        case DraftEventKind::state:
            return move_to(draft, event);
        case DraftEventKind::reviewer:
            return review(draft, event);
        case DraftEventKind::comment:
            return add_comment(draft, event);
        case DraftEventKind::resolve:
            return resolve(draft, event);
        case DraftEventKind::factors:
            return tag(draft, event);
    }
    return {};
}

}  // namespace

Result<Draft> follow(const Draft& draft, const DraftEvent& event) {
    if (event.seq != draft.version + 1)
        return fail(Errc::conflict, "event {} does not follow version {}", event.seq, draft.version);
    if (draft.version == 0 && event.kind != DraftEventKind::chosen)
        return fail(Errc::conflict, "a post-mortem begins with its template");
    Draft next = draft;
    if (auto applied = apply(next, event); !applied) return core::Failure(applied.error());
    next.version = event.seq;
    next.updated_at = event.at;
    return next;
}

Result<Draft> replay(const incidents::IncidentId& incident, std::span<const DraftEvent> events) {
    Draft draft;
    draft.incident = incident;
    for (const DraftEvent& event : events) {
        auto next = follow(draft, event);
        if (!next)
            return core::fail_with_context(
                fmt::format("the post-mortem of {}, event {}", incident.value, event.seq), next.error());
        draft = std::move(*next);
    }
    return draft;
}

Result<Draft> with_template(const Draft& draft, const Template& form) {
    DraftEvent event;
    event.kind = DraftEventKind::chosen;
    event.form = form;
    Draft shown = draft;
    shown.state = ReviewState::draft;  // to look at one is no edit
    if (auto chosen = choose(shown, event); !chosen) return core::Failure(chosen.error());
    shown.state = draft.state;
    return shown;
}

std::string guard(const Draft& draft, ReviewState to, std::size_t blocking) {
    if (to < draft.state) return {};
    if (to == ReviewState::reviewed) {
        std::string asks;
        bool approved = false;
        for (const Reviewer& each : draft.reviewers) {
            if (each.verdict == Verdict::changes_requested && !each.outdated)
                asks += (asks.empty() ? "" : ", ") + each.person;
            approved = approved ||
                       (each.verdict == Verdict::approved && !each.outdated && each.person != draft.author);
        }
        if (!asks.empty()) return fmt::format("{} asked for changes", asks);
        if (!approved) return "nobody but its author has approved the text as it is";
    }
    if (to == ReviewState::published && blocking > 0)
        return fmt::format("{} finding{} it from being published", blocking,
                           blocking == 1 ? " keeps" : "s keep");
    return {};
}

}  // namespace qd::postmortems
