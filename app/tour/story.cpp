// The demo story of the design, through the same actions a person takes. Every step says what must be true
// and reads it back from the site itself.

#include <QElapsedTimer>

#include "app/tour/tour.hpp"

namespace qd::app {

using nlohmann::json;

namespace {

// One request in four of the canary fails and two in five are slow: at 10 % of the traffic that is 2.5 % of
// all requests against an error budget of 0.5 %.
const char* const badCanary = R"(kind: Rollout
metadata:
  name: new-packager
spec:
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {}
      - setWeight: 50
      - pause: {duration: 30s}
      - setWeight: 100
  target:
    version: v2
    instances: 1
    faults:
    - {kind: error, amount: 503, ratio: 0.25}
    - {kind: delay, amount: 400, ratio: 0.4}
  analysis:
    onFailure: pause
    window: 30s
    minSample: 40
)";

const char* const commanderName = "alex";

json itemsOf(const json& list) {
    return list.is_object() ? list.value("items", json::array()) : json::array();
}

std::string textOf(const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_string()
               ? object[key].get<std::string>()
               : "";
}

double numberOf(const json& object, const char* key) {
    return object.is_object() && object.contains(key) && object[key].is_number() ? object[key].get<double>()
                                                                                 : 0;
}

bool succeeded(const Outcome& outcome, json& evidence) {
    if (!outcome) evidence["reason"] = outcome.error().message;
    return outcome.has_value();
}

class Story {
public:
    explicit Story(Tour& tour) : tour_(tour) {}

    bool play() {
        return siteComesUp() && titlePlayable() && previewPlays() && slosGreen() && canaryStarts() &&
               alertFires() && incidentOpens() && verdictExplained() && responderTakesOver() &&
               canaryAborted() && slosRecover() && incidentResolved() && postmortemSaved() &&
               fewRequestsFailed();
    }

private:
    bool siteComesUp() {
        return tour_.step(
            "site", "A whole site is up on this machine: gateway, origin, worker, control plane and viewers.",
            [this](json& evidence) {
                std::optional<Endpoints> site;
                QString failure;
                tour_.until(
                    [&] {
                        failure = tour_.stage().siteFailure();
                        return !failure.isEmpty() || (site = tour_.stage().site()).has_value();
                    },
                    60'000);
                if (!site) {
                    evidence["reason"] =
                        failure.isEmpty() ? "the site was not up within a minute" : failure.toStdString();
                    return false;
                }
                tour_.setEndpoints(*site);
                tour_.until([this] { return tour_.ops("/api/v1/site").is_object(); }, 20'000);
                evidence["gateway"] = site->gateway;
                evidence["site"] = tour_.ops("/api/v1/site");
                tour_.picture("overview", "overview-first-look");
                return evidence["site"].is_object();
            });
    }

    bool titlePlayable() {
        return tour_.step("title", "A generated title has been uploaded and encoded, and can be played.",
                          [this](json& evidence) {
                              const bool found = tour_.until([this] { return findTitle(); }, 90'000);
                              evidence["title"] = tour_.gateway("/api/v1/videos/" + title_);
                              tour_.picture("catalog", "catalog-encoding");
                              return found;
                          });
    }

    bool findTitle() {
        for (const json& item : itemsOf(tour_.gateway("/api/v1/videos")))
            if (textOf(item, "state") == "playable" || textOf(item, "state") == "ready")
                title_ = textOf(item, "id");
        return !title_.empty();
    }

    bool previewPlays() {
        return tour_.step(
            "preview", "The preview plays the very stream the viewers see.", [this](json& evidence) {
                tour_.stage().show("preview", QString::fromStdString(title_));
                const Outcome played = tour_.act("preview.play", {{"title", QString::fromStdString(title_)},
                                                                  {"path", QStringLiteral("auto")}});
                if (!succeeded(played, evidence)) return false;
                for (auto field = played->begin(); field != played->end(); ++field)
                    evidence[field.key().toStdString()] = field.value().toString().toStdString();
                tour_.pause(2'500);
                tour_.picture("preview", "preview", QString::fromStdString(title_));
                tour_.act("preview.stop");
                return true;
            });
    }

    bool slosGreen() {
        return tour_.step("green", "The service level objectives are on target.", [this](json& evidence) {
            const bool green = tour_.until([this] { return allGreen(); }, 90'000, 500);
            evidence["slos"] = healths();
            tour_.picture("slos", "slos-green");
            tour_.picture("overview", "overview-green");
            return green;
        });
    }

    json healths() {
        json all = json::object();
        for (const json& slo : itemsOf(tour_.ops("/api/v1/slos")))
            all[textOf(slo, "id")] = textOf(slo, "health");
        return all;
    }

    /// Nobody uploads while the tour looks on: that objective may say so.
    bool allGreen() {
        bool any = false;
        const json all = healths();  // items() refers to it
        for (const auto& [id, health] : all.items()) {
            if (health == "healthy")
                any = true;
            else if (health != "no_traffic")
                return false;
        }
        return any;
    }

    bool canaryStarts() {
        return tour_.step(
            "canary", "Version v2 gets ten percent of the sessions as a canary.", [this](json& evidence) {
                const Outcome started =
                    tour_.act("rollout.start", {{"specification", QString::fromUtf8(badCanary)},
                                                {"reason", QStringLiteral("try the new packager")}});
                if (!succeeded(started, evidence)) return false;
                const bool reached = tour_.until(
                    [this] {
                        const json all = itemsOf(tour_.ops("/api/v1/rollouts"));
                        if (all.empty()) return false;
                        rollout_ = textOf(all.front(), "id");
                        return numberOf(all.front(), "weight_requested") == 10 && canaryRequests() > 0;
                    },
                    40'000);
                sinceFault_.start();
                faultAt_ = core::SystemClock().now();
                evidence["rollout"] = tour_.ops("/api/v1/rollouts/" + rollout_);
                tour_.picture("rollouts", "rollout-at-ten-percent", QString::fromStdString(rollout_));
                return reached;
            });
    }

    /// Requests the gateway has sent to the canary so far.
    double canaryRequests() {
        const json split = tour_.gateway("/-/split");
        const json counts = split.is_object() ? split.value("counts", json::object()) : json::object();
        return numberOf(counts, "canary");
    }

    bool alertFires() {
        return tour_.step(
            "alert", "The burn alert fires and names the row that fired.", [this](json& evidence) {
                json firing;
                const bool fired = tour_.until(
                    [&] {
                        for (const json& alert : itemsOf(tour_.ops("/api/v1/alerts")))
                            if (textOf(alert, "state") != "ended" && !textOf(alert, "started_at").empty())
                                firing = alert;
                        return firing.is_object();
                    },
                    60'000);
                if (fired) {
                    alertAt_ =
                        core::parse_rfc3339(textOf(firing, "started_at")).value_or(core::SystemClock().now());
                    tour_.figures().fault_to_alert_s =
                        std::max(0.0, core::Seconds(alertAt_ - faultAt_).count());
                }
                evidence["alert"] = firing;
                return fired;
            });
    }

    bool incidentOpens() {
        return tour_.step(
            "incident", "An incident opens by itself, with its severity and the reason.",
            [this](json& evidence) {
                const bool opened = tour_.until(
                    [this] {
                        const json all = itemsOf(tour_.ops("/api/v1/incidents"));
                        if (!all.empty()) incident_ = textOf(all.front(), "id");
                        return !incident_.empty();
                    },
                    20'000);
                if (opened) {
                    evidence["incident"] = tour_.ops("/api/v1/incidents/" + incident_);
                    const json timeline = itemsOf(tour_.ops("/api/v1/incidents/" + incident_ + "/timeline"));
                    if (!timeline.empty()) {
                        const auto recorded = core::parse_rfc3339(textOf(timeline.front(), "recorded_at"));
                        if (recorded)
                            tour_.figures().alert_to_incident_s = core::Seconds(*recorded - alertAt_).count();
                        evidence["opened"] = timeline.front();
                    }
                }
                tour_.picture("overview", "overview-burning");
                tour_.picture("slos", "slos-burning", QString::fromStdString(burning()));
                tour_.picture("incidents", "incident-opened", QString::fromStdString(incident_));
                return opened;
            });
    }

    std::string burning() {
        const json all = healths();
        for (const auto& [id, health] : all.items())
            if (health == "burning") return id;
        return {};
    }

    bool verdictExplained() {
        return tour_.step(
            "verdict", "The verdict on the canary is explained with its numbers.", [this](json& evidence) {
                const bool failed = tour_.until(
                    [this] {
                        const json verdict =
                            tour_.ops("/api/v1/rollouts/" + rollout_).value("verdict", json());
                        return textOf(verdict, "outcome") == "fail" &&
                               !textOf(verdict, "explanation").empty();
                    },
                    45'000);
                evidence["verdict"] = tour_.ops("/api/v1/rollouts/" + rollout_).value("verdict", json());
                tour_.picture("rollouts", "rollout-verdict", QString::fromStdString(rollout_));
                return failed;
            });
    }

    bool onIncident(const char* action, QVariantMap parameters, json& evidence) {
        parameters.insert("id", QString::fromStdString(incident_));
        return succeeded(tour_.act(QStringLiteral("incident.%1").arg(QLatin1String(action)), parameters),
                         evidence);
    }

    bool responderTakesOver() {
        return tour_.step(
            "response", "A responder acknowledges, takes command and writes down what is seen.",
            [this](json& evidence) {
                const bool done =
                    onIncident("acknowledge", {}, evidence) &&
                    onIncident("assign", {{"role", "commander"}, {"person", commanderName}}, evidence) &&
                    onIncident("note", {{"text", "The canary answers 503 to one request in four."}},
                               evidence) &&
                    onIncident("state", {{"state", "investigating"}}, evidence);
                evidence["incident"] = tour_.ops("/api/v1/incidents/" + incident_);
                return done && !textOf(evidence["incident"], "acknowledged_at").empty();
            });
    }

    bool canaryAborted() {
        return tour_.step(
            "abort", "The canary is aborted and no new request goes to it.", [this](json& evidence) {
                QElapsedTimer since;
                since.start();
                const Outcome aborted = tour_.act(
                    "rollout.abort", {{"id", QString::fromStdString(rollout_)},
                                      {"reason", QStringLiteral("the canary burns the error budget")}});
                if (!succeeded(aborted, evidence)) return false;
                // The last moment at which the gateway's own count of canary requests was seen to grow.
                double count = canaryRequests();
                qint64 lastGrowth_ms = 0;
                const double atFirst = count;
                while (since.elapsed() < 3'000) {
                    const double now = canaryRequests();
                    if (now > count) lastGrowth_ms = since.elapsed();
                    count = now;
                    tour_.pause(15);
                }
                const qint64 answered_ms = std::max<qint64>(lastGrowth_ms, 0);
                json rollout;
                const bool zero = tour_.until(
                    [&] {
                        rollout = tour_.ops("/api/v1/rollouts/" + rollout_);
                        return numberOf(rollout, "weight_requested") == 0 &&
                               textOf(rollout, "phase") == "degraded";
                    },
                    10'000);
                const double confirmed_ms = numberOf(rollout, "time_to_zero_ms");
                tour_.figures().abort_to_zero_ms = std::max(double(answered_ms), confirmed_ms);
                evidence["canary_requests_at_first_look"] = atFirst;
                evidence["canary_requests_after_3_s"] = count;
                evidence["last_growth_ms"] = lastGrowth_ms;
                evidence["rollout"] = rollout;
                sinceAbort_.start();
                tour_.picture("rollouts", "rollout-aborted", QString::fromStdString(rollout_));
                return zero && count == canaryRequests();
            });
    }

    bool slosRecover() {
        return tour_.step("recovery", "The objectives are green again; the spent budget stays spent.",
                          [this](json& evidence) {
                              const bool green = tour_.until([this] { return allGreen(); }, 120'000, 500);
                              if (green)
                                  tour_.figures().time_to_green_s = double(sinceAbort_.elapsed()) / 1000;
                              evidence["slos"] = healths();
                              tour_.picture("slos", "slos-recovered");
                              return green;
                          });
    }

    bool incidentResolved() {
        return tour_.step("resolved", "The incident is mitigated and resolved.", [this](json& evidence) {
            const bool done =
                onIncident("state", {{"state", "mitigated"}, {"text", "No traffic goes to v2 any more."}},
                           evidence) &&
                onIncident("state", {{"state", "resolved"}, {"text", "All objectives are on target."}},
                           evidence);
            evidence["incident"] = tour_.ops("/api/v1/incidents/" + incident_);
            tour_.picture("incidents", "incident-resolved", QString::fromStdString(incident_));
            return done && textOf(evidence["incident"], "state") == "resolved";
        });
    }

    bool postmortemSaved() {
        return tour_.step(
            "postmortem", "The post-mortem is compiled from the journal and saved.", [this](json& evidence) {
                tour_.picture("postmortems", "postmortem", QString::fromStdString(incident_));
                bool saved = true;
                for (const char* format : {"md", "pdf"}) {
                    const auto file = tour_.folder() / (std::string("postmortem.") + format);
                    saved = saved && succeeded(tour_.act("postmortem.save",
                                                         {{"id", QString::fromStdString(incident_)},
                                                          {"format", QString::fromLatin1(format)},
                                                          {"file", QString::fromStdString(file.string())}}),
                                               evidence);
                    std::error_code error;
                    evidence[format] = std::filesystem::file_size(file, error);
                    saved = saved && !error && evidence[format].get<std::uint64_t>() > 500;
                }
                return saved;
            });
    }

    /// Over the whole tour, as the gateway counted what clients got.
    bool fewRequestsFailed() {
        return tour_.step(
            "cost", "Fewer than one percent of all requests of the tour failed.", [this](json& evidence) {
                double all = 0, failed = 0;
                const std::string metrics = tour_.gatewayText("/metrics");
                for (std::size_t at = 0;
                     (at = metrics.find("gateway_responses_total{", at)) != std::string::npos;) {
                    const std::size_t end = std::min(metrics.find('\n', at), metrics.size());
                    const std::string line = metrics.substr(at, end - at);
                    const double count = std::atof(line.c_str() + line.rfind(' '));
                    all += count;
                    if (line.find("code=\"5") != std::string::npos) failed += count;
                    at = end;
                }
                if (all > 0) tour_.figures().failed_request_ratio = failed / all;
                evidence["requests"] = all;
                evidence["failed"] = failed;
                tour_.stage().setDark(false);
                tour_.picture("overview", "overview-light");
                tour_.picture("slos", "slos-light");
                tour_.picture("incidents", "incident-light", QString::fromStdString(incident_));
                tour_.picture("rollouts", "rollout-light", QString::fromStdString(rollout_));
                tour_.picture("catalog", "catalog-light");
                tour_.stage().setDark(true);
                return all > 0 && failed / all < 0.01;
            });
    }

    Tour& tour_;
    std::string title_;
    std::string rollout_;
    std::string incident_;
    core::WallTime faultAt_{};
    core::WallTime alertAt_{};
    QElapsedTimer sinceFault_;
    QElapsedTimer sinceAbort_;
};

}  // namespace

bool playStory(Tour& tour) {
    return Story(tour).play();
}

}  // namespace qd::app
