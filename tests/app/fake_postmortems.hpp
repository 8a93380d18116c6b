#pragma once
// The post-mortem of one incident as opsd serves it, with another person who may write too.

#include <mutex>
#include <nlohmann/json.hpp>

#include "http/server.hpp"
#include "postmortems/codec.hpp"
#include "samples.hpp"

namespace qd::test {

inline postmortems::View postmortem_view() {
    postmortems::View view;
    view.draft.incident = incidents::IncidentId("inc-1");
    view.draft.template_name = "five-sections";
    view.draft.template_title = "Five sections";
    view.draft.version = 3;
    view.title = "Playback availability burns";
    view.severity = incidents::Severity::sev2;
    view.incident_state = incidents::State::post_incident;
    view.journal_version = 14;
    view.due.at = now() + std::chrono::hours(50);
    view.due.why = "5 calendar days after the resolution (SEV2)";
    const auto section = [&](const char* id, const char* title, const char* guidance, const char* text) {
        postmortems::Section made;
        made.id = id;
        made.title = title;
        made.guidance = guidance;
        made.current.text = text;
        view.draft.sections.push_back(made);
    };
    section("summary", "Summary", "What happened and what it meant for users.",
            "Viewers could not start playback.\n\n{{impact}}\n\nIt ended with the **rollback**.");
    section("timeline", "Timeline", "Facts, each with its evidence.", "{{timeline}}");
    section("root-cause", "Root Cause", "Systems and processes, not people.",
            "{{detached suspects 9 00000000000000ff}}\nThe canary of v2 failed.\n{{end}}");
    section("lessons", "Lessons Learned", "", "- The alert came *late*.\n- See https://example.org/runbook");
    view.blocks = {
        {"impact", "What the objectives measured", "830 requests failed (events 3, 7).", "0000000000000001"},
        {"timeline", "Timeline of the journal",
         "| At | What |\n|---|---|\n| 19:37 | alert, event 3 |\n| 19:41 | acknowledged, event 5 |",
         "0000000000000002"},
        {"suspects", "What changed before", "The canary of v2 went to 10 % (event 2).", "0000000000000003"}};
    view.detached = {{"root-cause", "suspects", 9, true}};
    postmortems::Finding must;
    must.section = "Lessons Learned";
    must.problem = "an action without an owner";
    must.rule = "action-owner";
    must.why = "What nobody owns is not done.";
    must.mend = "Name one.";
    must.blocking = true;
    must.line = 2;
    view.findings = {must};
    postmortems::Proposal proposal;
    proposal.key = "p1";
    proposal.item.text = "Add an alert on the canary's error ratio";
    proposal.item.kind = "detect";
    proposal.item.done_when = "the alert fires in a drill";
    proposal.item.evidence.events = {3};
    view.proposals = {proposal};
    postmortems::Comment comment;
    comment.id = 2;
    comment.section = "summary";
    comment.author = "grace";
    comment.at = now();
    comment.text = "How many viewers?";
    view.draft.comments = {comment};
    postmortems::Reviewer reviewer;
    reviewer.person = "grace";
    reviewer.text = "the timeline, please";
    reviewer.at = now();
    view.draft.reviewers = {reviewer};
    postmortems::Action item;
    item.id = "AI-7";
    item.incident = incidents::IncidentId("inc-1");
    item.text = "Remove the retry storm";
    item.kind = "prevent";
    item.owner = "ada";
    item.due = "2999-01-02";
    item.tracker_url = "https://tracker.example/7";
    item.version = 1;
    item.created_at = item.updated_at = now();
    view.actions = {item};
    view.draft.updated_at = now();
    return view;
}

/// Thread-safe.
class FakePostmortems {
public:
    void add_routes(http::Server& server, std::function<void(const http::Request&)> note) {
        using http::Method;
        const std::string all = "/api/v1/postmortems", one = all + "/{id}";
        const auto on = [&](Method method, const std::string& path, auto make) {
            server.route(method, path,
                         [this, make, note, method](http::Request&& request, http::Responder&& answer) {
                             if (method != Method::get && !request.path.ends_with("/preview")) note(request);
                             const std::lock_guard lock(mutex_);
                             answer.send(make(request));
                         });
        };
        const auto view = [this] { return http::Response::json(200, to_json(view_, now()).dump()); };
        on(Method::get, all, [this](auto&) {
            postmortems::Listing row;
            row.incident = view_.draft.incident;
            row.title = view_.title;
            row.severity = view_.severity;
            row.incident_state = view_.incident_state;
            row.state = view_.draft.state;
            row.due = view_.due;
            row.overdue = view_.overdue;
            row.findings = view_.findings.size();
            row.blocking = 1;
            row.version = view_.draft.version;
            return http::Response::json(200,
                                        nlohmann::json{{"items", {to_json(row)}}, {"next", nullptr}}.dump());
        });
        on(Method::get, one, [view](auto&) { return view(); });
        on(Method::put, one, [this, view](auto& request) {
            const auto save = postmortems::decode_save_request(request.body);
            if (!save) return http::problem(400, save.error().message, "");
            store(save->section, save->text, save->based_on, "me", save->settles);
            return view();
        });
        for (const char* deed :
             {"/state", "/reviewers", "/comments", "/comments/{n}/resolve", "/template", "/factors"})
            on(Method::post, one + deed, [view](auto&) { return view(); });
        on(Method::post, one + "/preview", [this](auto& request) {
            const auto asked = postmortems::decode_preview_request(request.body);
            std::string html = "<h1>Post-mortem</h1>";
            for (const auto& section : view_.draft.sections) {
                const auto typed =
                    asked ? asked->sections.find(section.id) : decltype(asked->sections.end()){};
                const bool unsaved = asked && typed != asked->sections.end();
                html += "<h2>" + section.title + "</h2><p>" +
                        (unsaved ? typed->second : section.current.text) + "</p>";
            }
            return http::Response::text(200, html, "text/html");
        });
        on(Method::get, one + "/history", [](auto& request) {
            postmortems::HistoryEntry saved;
            saved.seq = 3;
            saved.first = 2;
            saved.saves = 2;
            saved.kind = "section";
            saved.section = "summary";
            saved.actor = "grace";
            saved.at = now();
            saved.what = "Summary saved";
            if (request.query.get_or("seq", "") == "3") {
                saved.text = "As it was before.";
                return http::Response::json(200, to_json(saved).dump());
            }
            auto listed = to_json(saved);
            listed.erase("text");
            return http::Response::json(200, nlohmann::json{{"items", {listed}}, {"next", nullptr}}.dump());
        });
        on(Method::get, "/api/v1/postmortem-templates", [](auto&) {
            postmortems::Template five;
            five.name = "five-sections";
            five.title = "Five sections";
            five.origin = "built-in";
            postmortems::Template broken;
            broken.name = broken.title = "team";
            broken.origin = "team.md";
            broken.problem = "team.md:3: there is no placeholder 'nothing'";
            return http::Response::json(
                200, nlohmann::json{{"items", {to_json(five), to_json(broken)}}, {"next", nullptr}}.dump());
        });
        on(Method::get, "/api/v1/action-items", [this](auto&) {
            postmortems::ActionList list;
            list.items = view_.actions;
            list.counts = postmortems::count(list.items, now());
            return http::Response::json(200, to_json(list, now()).dump());
        });
        const auto item = [this](auto&) {
            return http::Response::json(200, to_json(view_.actions.front(), now()).dump());
        };
        on(Method::post, "/api/v1/action-items", item);
        on(Method::post, "/api/v1/action-items/{id}", item);
    }

    /// Another person saves a section.
    void write(const std::string& section, const std::string& text, const std::string& author) {
        const std::lock_guard lock(mutex_);
        for (auto& each : view_.draft.sections)
            if (each.id == section) store(section, text, each.current.seq, author, {});
    }
    postmortems::View view() const {
        const std::lock_guard lock(mutex_);
        return view_;
    }
    void change(const std::function<void(postmortems::View&)>& by) {
        const std::lock_guard lock(mutex_);
        by(view_);
        ++view_.draft.version;
    }

private:
    void store(const std::string& id, const std::string& text, std::uint64_t based_on,
               const std::string& author, const std::vector<std::uint64_t>& settles) {
        for (auto& section : view_.draft.sections) {
            if (section.id != id) continue;
            postmortems::SectionVersion version{++view_.draft.version, author, now(), text, based_on};
            std::erase_if(section.conflicts, [&](const auto& other) {
                return std::find(settles.begin(), settles.end(), other.seq) != settles.end();
            });
            if (based_on == section.current.seq)
                section.current = version;
            else
                section.conflicts.push_back(version);
        }
    }

    mutable std::mutex mutex_;
    postmortems::View view_ = postmortem_view();
};

}  // namespace qd::test
