#pragma once
// An opsd and a gateway in this process, serving the wire's shapes and writing down what is asked of them.

#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/adapters/endpoints.hpp"
#include "fake_postmortems.hpp"
#include "flag_samples.hpp"
#include "http/event_stream.hpp"
#include "http/server.hpp"
#include "incidents/codec.hpp"
#include "incidents/requests.hpp"
#include "learning/codec.hpp"
#include "learning/compile.hpp"
#include "oncall_samples.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/codec.hpp"
#include "samples.hpp"
#include "silences/codec.hpp"
#include "slo/codec.hpp"

namespace qd::test {

class FakeOpsd {
public:
    struct Asked {
        std::string method, path, body, if_match;
    };

    std::vector<slo::Status> statuses_now = statuses();
    std::vector<slo::Alert> alerts_now{alert()};
    std::vector<incidents::Incident> incidents_now{incident()};
    std::vector<incidents::Event> events_now = timeline();
    std::atomic<std::size_t> timeline_events_sent = 0;
    std::vector<rollouts::Rollout> rollouts_now{rollout()};
    rollouts::GroupPreview group_preview_now;
    std::vector<rollouts::GroupOutcome> group_outcomes_now;
    rollouts::ActionPreview preview_now{
        "next",
        {{"gateway", "PUT", "http://gw/-/split", "application/json", R"({"canary_weight":50})"}},
        {"canary weight 10 % -> 50 %"},
        {},
        {},
        4};
    bool preview_fails = false;
    std::string titles_now =
        R"({"items":[{"id":"t1","title":"Test card","owner":"demo","state":"ready","progress":1,"duration_s":30,"width":1280,"height":720,"frame_rate":30,"has_audio":true,"renditions":[{"name":"720p","width":1280,"height":720,"bandwidth":2500000,"codecs":"avc1.64001f,mp4a.40.2"},{"name":"480p","width":854,"height":480,"bandwidth":1200000,"codecs":"avc1.64001f"}],"poster":"","created_at":"2026-11-23T18:00:00.000Z"},{"id":"t2","title":"Waves","owner":"demo","state":"processing","progress":0.4,"duration_s":60,"width":1920,"height":1080,"frame_rate":25,"has_audio":false,"renditions":[],"poster":null,"created_at":"2026-11-23T18:01:00.000Z"}],"next":null})";

    nlohmann::json dashboards_now = dashboards();
    std::vector<silences::Alert> seen_now = seen_alerts();
    std::vector<silences::ListedSilence> silences_now = listed_silences(false);
    std::string alertmanagers_now =
        R"({"items":[{"name":"pager","url":"http://am","answered_at":null,"error":null}],"next":null})";
    std::string advice_now =
        R"({"severity":2,"reasons":["12 of 40 plays took longer than 2 s to begin"],"text":"SEV2: 12 of 40 plays"})";
    nlohmann::json owed_now = nlohmann::json::array();    // items of /status-schedule
    nlohmann::json outbox_now = nlohmann::json::array();  // items of /outbox
    bool audiences_have_destinations = true;
    oncall::Picture oncall_now = oncall_picture();
    runbooks::RunAnswer run_now;  // whatever step is run
    FakePostmortems postmortems;
    opsclient::FlagList flags_now = flag_list();

    FakeOpsd() : server_({}) {
        using http::Method;
        const auto list = [](auto values) {
            nlohmann::json items = nlohmann::json::array();
            for (const auto& value : values) items.push_back(to_json(value));
            return nlohmann::json{{"items", items}, {"next", nullptr}}.dump();
        };
        get("/api/v1/slos", [=, this](auto&) { return list(statuses_now); });
        get("/api/v1/alerts", [=, this](auto&) { return list(alerts_now); });
        get("/api/v1/incidents", [this](auto& request) { return found_incidents(request); });
        get("/api/v1/incidents/{id}", [this](auto& request) {
            for (const auto& incident : incidents_now)
                if (incident.id.value == request.capture("id")) return incidents::encode(incident);
            return incidents::encode(incidents_now.front());
        });
        get("/api/v1/learning", [this](auto& request) { return learned(request); });
        for (const char* what : {"merge", "split", "relations"})
            server_.route(
                Method::post, std::string("/api/v1/incidents/{id}/") + what,
                [this](http::Request&& request, http::Responder&& answer) {
                    note(request);
                    answer.send(http::Response::json(200, incidents::encode(incidents_now.front())));
                });
        get("/api/v1/incidents/{id}/timeline", [=, this](auto& request) {
            const std::size_t after = std::stoul(request.query.get_or("after", "0"));
            timeline_events_sent += events_now.size() - std::min(after, events_now.size());
            return list(std::vector(events_now.begin() + std::ptrdiff_t(std::min(after, events_now.size())),
                                    events_now.end()));
        });
        get("/api/v1/incidents/{id}/logs", [](auto&) {
            nlohmann::json lines = nlohmann::json::array();
            for (int i = 0; i < 400; ++i)
                lines.push_back(
                    {{"at", core::format_rfc3339(now() - std::chrono::milliseconds(450'000 - 500 * i))},
                     {"level", i % 3 ? "warning" : "error"},
                     {"service", "streamd"},
                     {"instance", "api-2"},
                     {"message", "segment took 2,300 ms"}});
            return nlohmann::json{{"items", lines}, {"next", nullptr}, {"cut", false}}.dump();
        });
        get("/api/v1/rollouts", [=, this](auto&) { return list(rollouts_now); });
        get("/api/v1/rollouts/{id}", [this](auto&) { return rollouts::encode(rollouts_now.front()); });
        server_.route(
            Method::get, "/api/v1/rollouts/{id}/preview",
            [this](http::Request&& request, http::Responder&& answer) {
                answer.send(preview_fails
                                ? http::problem(503, "the router does not answer", request.request_id)
                                : http::Response::json(200, rollouts::to_json(preview_now).dump()));
            });
        get("/api/v1/rollouts/groups/{group}/preview",
            [this](auto&) { return rollouts::to_json(group_preview_now).dump(); });
        server_.route(Method::post, "/api/v1/rollouts/groups/{group}/{action}",
                      [this](http::Request&& request, http::Responder&& answer) {
                          note(request);
                          nlohmann::json items = nlohmann::json::array();
                          for (const auto& one : group_outcomes_now) items.push_back(rollouts::to_json(one));
                          answer.send(http::Response::json(
                              200, nlohmann::json{{"items", items}, {"next", nullptr}}.dump()));
                      });
        get("/api/v1/videos", [this](auto&) { return titles_now; });
        get("/api/v1/slos/{id}/history", [](auto&) { return history(); });
        get("/api/v1/series", [](auto& request) { return series(request.query.get_or("name", "")); });
        get("/api/v1/series/{name}",
            [](auto& request) { return series(std::string(request.capture("name"))); });
        get("/api/v1/dashboards", [this](auto&) { return dashboards_now.dump(); });
        get("/api/v1/dashboards/{id}/panels/{n}/series", [this](auto& request) {
            const auto from = core::parse_rfc3339(request.query.get_or("from", ""));
            const auto to = core::parse_rfc3339(request.query.get_or("to", ""));
            {
                const std::lock_guard lock(mutex_);
                if (from && to) span_ = {*from, *to};
            }
            return panel(std::string(request.capture("n")));
        });
        get("/api/v1/site", [this](auto&) { return site(); });
        get("/api/v1/alerts/all", [=, this](auto&) { return list(seen_now); });
        get("/api/v1/silences", [=, this](auto&) { return list(silences_now); });
        get("/api/v1/alertmanagers", [this](auto&) { return alertmanagers_now; });
        get("/api/v1/incidents/{id}/advice", [this](auto&) { return advice_now; });
        const auto silenced = [this](http::Request&& request, http::Responder&& answer) {
            note(request);
            answer.send(http::Response::json(200, to_json(silences_now.front()).dump()));
        };
        server_.route(Method::post, "/api/v1/silences", silenced);
        server_.route(Method::post, "/api/v1/silences/{id}/extend", silenced);
        server_.route(Method::del, "/api/v1/silences/{id}", silenced);
        add_comms();
        get("/api/v1/flags", [this](auto&) { return opsclient::to_json(flags_now).dump(); });
        get("/api/v1/flags/{key}/history", [this](auto& request) {
            nlohmann::json items = nlohmann::json::array();
            for (const auto& view : flags_now.items)
                if (view.flag().key == request.capture("key")) items.push_back(to_json(view.last));
            return nlohmann::json{{"items", items}, {"next", nullptr}}.dump();
        });
        for (const char* what : {"kill", "restore"})
            server_.route(Method::post, std::string("/api/v1/flags/{key}/") + what,
                          [this](http::Request&& request, http::Responder&& answer) {
                              note(request);
                              answer.send(http::Response::json(200, to_json(flags_now.items.back()).dump()));
                          });
        get("/api/v1/changes", [](auto&) { return changes(); });
        get("/api/v1/oncall", [this](auto&) { return oncall::to_json(oncall_now).dump(); });
        get("/api/v1/runbooks", [](auto&) {
            return nlohmann::json{{"items", {runbook_json()}}, {"next", nullptr}}.dump();
        });
        get("/api/v1/runbooks/{id}", [](auto&) { return runbook_json().dump(); });
        get("/api/v1/incidents/{id}/runbooks", [=](auto&) { return list(guides()); });
        server_.route(Method::post, "/api/v1/incidents/{id}/runbooks/{runbook}/steps/{step}/run",
                      [this](http::Request&& request, http::Responder&& answer) {
                          note(request);
                          answer.send(http::Response::json(200, runbooks::to_json(run_now).dump()));
                      });
        server_.route(Method::get, "/api/v1/incidents/{id}/postmortem",
                      [](http::Request&&, http::Responder&& answer) {
                          answer.send(http::Response::text(
                              200, "<h1>Post-mortem</h1><h2>Summary</h2><p>What happened.</p>", "text/html"));
                      });
        server_.route(Method::get, "/api/v1/events",
                      [this](http::Request&& request, http::Responder&& answer) {
                          answer.send(hub_.subscribe(request));
                      });
        server_.route(
            Method::post, "/api/v1/incidents/{id}/events",
            [this](http::Request&& request, http::Responder&& answer) {
                note(request);
                const std::string version = "\"" + std::to_string(incidents_now.front().version) + "\"";
                const auto wanted = request.headers.get("If-Match");
                if (!wanted.empty() && wanted != version)
                    return answer.send(http::problem(412, "another hand was first", request.request_id));
                auto event = timeline().front();
                event.seq = ++incidents_now.front().version;
                answer.send(http::Response::json(201, incidents::encode(event)));
            });
        server_.route(Method::post, "/api/v1/incidents/{id}/attachments",
                      [this](http::Request&& request, http::Responder&& answer) {
                          note(request);
                          auto event = timeline().front();
                          event.seq = ++incidents_now.front().version;
                          answer.send(http::Response::json(201, incidents::encode(event)));
                      },
                      {.name = {}, .memory_limit_bytes = 4 << 20, .body_limit_bytes = 4 << 20, .admit = {}});
        server_.route(
            Method::post, "/api/v1/rollouts/{id}/{action}",
            [this](http::Request&& request, http::Responder&& answer) {
                note(request);
                const std::string version =
                    "\"" + std::to_string(rollouts_now.front().progress.version) + "\"";
                const auto wanted = request.headers.get("If-Match");
                if (!wanted.empty() && wanted != version)
                    return answer.send(http::problem(412, "the rollout has moved on", request.request_id));
                answer.send(http::Response::json(200, rollouts::encode(rollout())));
            });
        server_.route(Method::post, "/api/v1/rollouts",
                      [this](http::Request&& request, http::Responder&& answer) {
                          note(request);
                          answer.send(http::Response::json(201, rollouts::encode(rollout())));
                      });
        server_.route(Method::del, "/api/v1/videos/{id}",
                      [this](http::Request&& request, http::Responder&& answer) {
                          note(request);
                          answer.send(http::Response::empty(204));
                      });
        postmortems.add_routes(server_, [this](const http::Request& request) { note(request); });
        started_ = server_.start().has_value();
    }
    ~FakeOpsd() { stop(); }

    void stop() {
        hub_.close();
        server_.stop(std::chrono::milliseconds(100));
    }
    bool started() const { return started_; }
    app::Endpoints endpoints() const {
        const std::string url = "http://" + server_.address();
        return {0, url, url, "secret"};
    }
    /// As opsd does each second.
    void push_slos() {
        hub_.publish("slo", [this](std::uint64_t seq) {
            nlohmann::json items = nlohmann::json::array();
            for (const auto& status : statuses_now) items.push_back(slo::to_compact_json(status));
            return envelope(seq, "slo", "*", {{"slos", items}});
        });
    }
    void push(const std::string& type, const std::string& subject) {
        hub_.publish(
            type, [&](std::uint64_t seq) { return envelope(seq, type, subject, nlohmann::json::object()); });
    }
    std::size_t streams() const { return hub_.subscribers(); }
    std::vector<Asked> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    /// What was asked of a panel last.
    std::pair<core::WallTime, core::WallTime> last_span() const {
        const std::lock_guard lock(mutex_);
        return span_;
    }
    int count(const std::string& path) const {
        const std::lock_guard lock(mutex_);
        return int(std::count(gets_.begin(), gets_.end(), path));
    }

private:
    void add_comms() {
        using http::Method;
        using nlohmann::json;
        get("/api/v1/status-schedule", [this](auto&) {
            return json{{"items", owed_now}, {"next", nullptr}}.dump();
        });
        get("/api/v1/outbox", [this](auto&) {
            json counts{{"queued", 0}, {"sending", 0}, {"sent", 0}, {"failed", 0}, {"dropped", 0}};
            for (const json& entry : outbox_now)
                counts[entry["state"].template get<std::string>()] =
                    counts[entry["state"].template get<std::string>()].template get<int>() + 1;
            return json{{"items", outbox_now}, {"counts", counts}, {"next", nullptr}}.dump();
        });
        get("/api/v1/incidents/{id}/status-draft", [this](auto& request) {
            const std::string audience = request.query.get_or("audience", "");
            const json chat = {{"name", "chat"}, {"kind", "slack"}},
                       mail = {{"name", "mail"}, {"kind", "email"}};
            return json{{"audience", audience},
                        {"title", "Status of inc-1"},
                        {"text", "Draft for " + audience + "."},
                        {"destinations", audiences_have_destinations ? json{chat, mail} : json::array()},
                        {"last_update_at", nullptr},
                        {"next_update_due", core::format_rfc3339(now() + std::chrono::minutes(12))},
                        {"interval_s", 1800},
                        {"based_on", 2}}
                .dump();
        });
        server_.route(
            Method::post, "/api/v1/incidents/{id}/status-updates",
            [this](http::Request&& request, http::Responder&& answer) {
                note(request);
                const json event = json::parse(incidents::encode(timeline().front()));
                answer.send(http::Response::json(
                    201, json{{"event", event}, {"queued", json::array()}, {"note", "Queued."}}.dump()));
            });
        const auto concluded = [this](http::Request&& request, http::Responder&& answer) {
            note(request);
            answer.send(http::Response::json(200, outbox_now.at(0).dump()));
        };
        server_.route(Method::post, "/api/v1/outbox/{id}/retry", concluded);
        server_.route(Method::del, "/api/v1/outbox/{id}", concluded);
    }
    template <class Make>
    void get(const std::string& pattern, Make make) {
        server_.route(http::Method::get, pattern,
                      [this, make](http::Request&& request, http::Responder&& answer) {
                          {
                              const std::lock_guard lock(mutex_);
                              gets_.push_back(request.path);
                          }
                          answer.send(http::Response::json(200, make(request)));
                      });
    }
    /// Words are found anywhere in title and id; pages are told apart by the number of rows before them.
    std::string found_incidents(const http::Request& request) const {
        std::vector<incidents::Incident> found;
        const std::string q = request.query.get_or("q", ""), state = request.query.get_or("state", ""),
                          service = request.query.get_or("service", "");
        for (const auto& one : incidents_now) {
            if ((one.title + " " + one.id.value).find(q) == std::string::npos) continue;
            if (state == "open" ? !is_open(one.state) : !state.empty() && state != to_string(one.state))
                continue;
            if (!service.empty() && one.service != service) continue;
            found.push_back(one);
        }
        const std::size_t from = std::stoul(request.query.get_or("cursor", "0"));
        const std::size_t limit = std::stoul(request.query.get_or("limit", "500"));
        incidents::IncidentPage page;
        page.total = found.size();
        for (std::size_t i = from; i < std::min(from + limit, found.size()); ++i)
            page.items.push_back(found[i]);
        if (from + limit < found.size()) page.next = std::to_string(from + limit);
        return to_json(page).dump();
    }
    std::string learned(const http::Request& request) const {
        learning::Query query;
        query.from = core::parse_rfc3339(request.query.get_or("from", "")).value_or(now());
        query.to = core::parse_rfc3339(request.query.get_or("to", "")).value_or(now());
        query.service = request.query.get_or("service", "");
        learning::Material material;
        material.incidents = incidents_now;
        material.rollouts = rollouts_now;
        material.counted_since = query.from;
        const auto report = learning::compile(query, query.to, material);
        return request.query.get_or("format", "") == "csv" ? learning::to_csv(report)
                                                           : learning::to_json(report).dump();
    }
    void note(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        asked_.push_back({std::string(http::to_string(request.method)), request.path, request.body,
                          std::string(request.headers.get("If-Match"))});
    }
    static std::string envelope(std::uint64_t seq, const std::string& type, const std::string& subject,
                                const nlohmann::json& body) {
        return nlohmann::json{{"seq", seq},
                              {"at", core::format_rfc3339(now())},
                              {"type", type},
                              {"subject", subject},
                              {"body", body}}
            .dump();
    }
    static std::string history() {
        slo::History told;
        told.step_s = 2;
        for (int i = 0; i < 300; ++i) {
            slo::HistoryPoint point;
            point.at = now() - std::chrono::seconds(600 - 2 * i);
            point.counts = {std::uint64_t(i > 240 ? 190 : 200 - i % 2), 200};
            point.min = point.counts.good_ratio();
            point.max = 1.0;
            told.points.push_back(point);
        }
        return slo::to_json(told).dump();
    }
    static nlohmann::json dashboards() {
        nlohmann::json panels = nlohmann::json::array();
        for (int i = 0; i < 12; ++i)
            panels.push_back(
                {{"title", i == 0 ? "Requests" : "Requests by arm"},
                 {"kind", i == 0 ? "stat" : "chart"},
                 {"unit", "per_second"},
                 {"width", i == 0 ? 2 : 1},
                 {"height", i == 0 ? 2 : 3},
                 {"series", {{{"label", "answered"}, {"function", "rate"}, {"query", "rate(m)"}}}}});
        const auto board = [&](const char* id, const char* title, nlohmann::json error) {
            return nlohmann::json{{"id", id},           {"title", title}, {"role", "on-call"}, {"columns", 2},
                                  {"source", "a.yaml"}, {"error", error}, {"panels", panels}};
        };
        return {{"items",
                 {board("on-call", "On call", nullptr), board("mine", "Mine", "mine.yaml:7: 'unit' is odd")}},
                {"next", nullptr},
                {"left_out", nlohmann::json::array()}};
    }
    /// The same at each question within a minute.
    static std::string panel(const std::string& number) {
        nlohmann::json lines = nlohmann::json::array();
        const auto begin = std::chrono::floor<std::chrono::minutes>(now());
        for (const char* arm : {"stable", "canary"}) {
            nlohmann::json points = nlohmann::json::array();
            for (int i = 0; i < 100; ++i)
                points.push_back({{"at", core::format_rfc3339(begin - std::chrono::seconds(600 - 6 * i))},
                                  {"value", 40 + i % 7},
                                  {"min", 30},
                                  {"max", 60}});
            lines.push_back({{"label", arm},
                             {"split", arm},
                             {"points", points},
                             {"over_range", 42},
                             {"covered_s", 600},
                             {"as_of", core::format_rfc3339(now())}});
            if (number == "0") break;
        }
        return nlohmann::json{{"step_s", 6}, {"unit", "per_second"}, {"lines", lines}}.dump();
    }
    static std::string series(const std::string& name) {
        nlohmann::json lines = nlohmann::json::array();
        for (const char* arm : {"stable", "canary"}) {
            nlohmann::json points = nlohmann::json::array();
            for (int i = 0; i < 120; ++i) {
                double value = name.ends_with("ratio")                 ? 0.002
                               : name == "viewers"                     ? 40
                               : name.find("p95") != std::string::npos ? 85 + i % 9
                                                                       : 110 + i % 7;
                if (std::string(arm) == "canary") value *= 1.8;
                points.push_back({{"at", core::format_rfc3339(now() - std::chrono::seconds(240 - 2 * i))},
                                  {"value", value}});
            }
            lines.push_back({{"label", name == "viewers" ? "all" : arm}, {"points", points}});
            if (name == "viewers") break;
        }
        return nlohmann::json{{"name", name}, {"unit", "1/s"}, {"step_s", 2}, {"lines", lines}}.dump();
    }
    std::string site() const {
        nlohmann::json processes = nlohmann::json::array();
        const auto add = [&](const char* role, const char* version, const char* arm, const char* instance,
                             bool up) {
            processes.push_back({{"role", role},
                                 {"version", version},
                                 {"arm", arm},
                                 {"instance", instance},
                                 {"pid", 4242},
                                 {"address", "127.0.0.1:4242"},
                                 {"state", "ready"},
                                 {"restarts", 0},
                                 {"started_at", core::format_rfc3339(now())},
                                 {"up", up},
                                 {"age_s", 0.6},
                                 {"error", ""}});
        };
        add("gateway", "v1", "", "gateway-1", true);
        add("api", "v1", "stable", "api-1", true);
        add("api", "v2", "canary", "api-2", true);
        add("worker", "v1", "", "worker-1", true);
        add("viewers", "v1", "", "viewers-1", true);
        return nlohmann::json{{"as_of", core::format_rfc3339(now())},
                              {"started_at", core::format_rfc3339(now())},
                              {"gateway", "http://" + server_.address()},
                              {"opsd_version", "0.1.0"},
                              {"supervised", true},
                              {"supervisor_error", ""},
                              {"processes", processes}}
            .dump();
    }

    http::EventHub hub_;
    http::Server server_;
    mutable std::mutex mutex_;
    std::vector<Asked> asked_;
    std::vector<std::string> gets_;
    std::pair<core::WallTime, core::WallTime> span_;
    bool started_ = false;
};

}  // namespace qd::test
