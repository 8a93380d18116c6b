// Status updates from the API to receivers and back into the incident, also across a restart.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "opsd/status_desk.hpp"
#include "support/opsd_site.hpp"
#include "support/program.hpp"

using namespace qd;
using nlohmann::json;
using test::OpsdSite;

namespace {

/// A chat and two tools that answer as they are told.
struct Receiver {
    Receiver() {
        for (const char* path : {"/chat", "/customers"})
            server.route_blocking(http::Method::post, path, [this, path](const http::Request& request) {
                const std::lock_guard lock(mutex);
                taken.push_back(
                    {path, json::parse(request.body), std::string(request.headers.get("Idempotency-Key"))});
                return http::Response::text(status, "so");
            });
        if (!server.start()) qFatal("no server");
    }
    struct Taken {
        std::string path;
        json body;
        std::string key;
    };
    std::vector<Taken> at(const std::string& path) {
        const std::lock_guard lock(mutex);
        std::vector<Taken> some;
        for (const Taken& one : taken)
            if (one.path == path) some.push_back(one);
        return some;
    }
    std::string config() const {
        return fmt::format(
            "notify:\n"
            "  - {{name: chat, kind: slack, url: 'http://{0}/chat', events: [incidents, status_updates], "
            "audiences: [responders]}}\n"
            "  - {{name: page, kind: webhook, url: 'http://{0}/customers', events: [status_updates], "
            "audiences: "
            "[customers], severities: [1, 2]}}\n",
            server.address());
    }

    std::atomic<unsigned> status{200};
    std::mutex mutex;
    std::vector<Taken> taken;
    http::Server server{http::ServerOptions{}};
};

http::ClientResponse ask(OpsdSite& site, http::Method method, const std::string& path, const json& body = {},
                          http::Headers headers = {}) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers = std::move(headers);
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    if (!body.is_null()) request.body = body.dump();
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

json body_of(OpsdSite& site, const std::string& path) {
    return json::parse(ask(site, http::Method::get, path).body);
}

std::string open_incident(OpsdSite& site, int severity = 2) {
    const auto opened = ask(site, http::Method::post, "/incidents",
                             {{"title", "Playback fails"},
                              {"service", "gateway"},
                              {"severity", severity},
                              {"text", "Users say so"}});
    if (opened.status != 201) qFatal("%s", opened.body.c_str());
    return json::parse(opened.body)["id"];
}

http::ClientResponse post_update(OpsdSite& site, const std::string& id, const std::string& audience,
                                 const std::string& text, http::Headers headers = {}) {
    return ask(site, http::Method::post, "/incidents/" + id + "/status-updates",
                {{"audience", audience}, {"text", text}}, std::move(headers));
}

std::vector<json> deliveries(OpsdSite& site, const std::string& id) {
    std::vector<json> some;
    const json timeline = body_of(site, "/incidents/" + id + "/timeline");
    for (const json& event : timeline["items"])
        if (event["kind"] == "delivery") some.push_back(event);
    return some;
}

bool until(OpsdSite& site, const std::function<bool()>& holds) {
    return test::eventually(
        [&] {
            site.pass(1, 0);
            return holds();
        },
        15'000);
}

}  // namespace

class TestStatusRoutes : public QObject {
    Q_OBJECT

private slots:
    void anUpdateGoesToItsAudienceAndItsDeliveryIsNoted() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site);
        const json draft = body_of(site, "/incidents/" + id + "/status-draft?audience=customers");
        QCOMPARE(draft["destinations"], (json::array({{{"name", "page"}, {"kind", "webhook"}}})));
        QVERIFY(draft["text"].get<std::string>().find("Next update: by ") != std::string::npos);
        QVERIFY(draft["last_update_at"].is_null());
        QCOMPARE(draft["interval_s"], json(3600));

        const auto answer = post_update(site, id, "customers", draft["text"]);
        QCOMPARE(answer.status, 201u);
        const json posted = json::parse(answer.body);
        QCOMPARE(posted["event"]["kind"], json("status_update"));
        QCOMPARE(posted["event"]["body"]["purpose"], json("customers"));
        QCOMPARE(posted["queued"], draft["destinations"]);
        QVERIFY(until(site, [&] { return deliveries(site, id).size() == 1; }));
        const json delivery = deliveries(site, id)[0];
        QCOMPARE(delivery["body"]["phase"], json("sent"));
        QCOMPARE(delivery["source"], json("notify"));
        QCOMPARE(receiver.at("/customers").size(), std::size_t(1));
        QCOMPARE(receiver.at("/customers")[0].body["text"], draft["text"]);
        QCOMPARE(receiver.at("/customers")[0].body["type"], json("status_update"));
        const json again = body_of(site, "/incidents/" + id + "/status-draft?audience=customers");
        QVERIFY(again["last_update_at"].is_string());
    }

    void whereNobodyTakesItTheAnswerSaysSo() {
        OpsdSite site;
        site.start();
        const std::string id = open_incident(site);
        const json posted = json::parse(post_update(site, id, "customers", "All is well.").body);
        QCOMPARE(posted["queued"], json::array());
        QVERIFY(posted["note"].get<std::string>().starts_with("Nothing was sent"));
        QCOMPARE(body_of(site, "/outbox")["items"], json::array());
    }

    void mistakesAreRefused() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site);
        QCOMPARE(post_update(site, id, "friends", "x").status, 400u);
        QCOMPARE(post_update(site, id, "customers", "").status, 400u);
        QCOMPARE(post_update(site, id, "customers", std::string(20'000, 'x')).status, 400u);
        QCOMPARE(post_update(site, "INC-99", "customers", "x").status, 404u);
        QCOMPARE(ask(site, http::Method::get, "/incidents/" + id + "/status-draft?audience=x").status, 400u);
        http::Headers stale;
        stale.set("If-Match", "\"99\"");
        QCOMPARE(post_update(site, id, "customers", "x", stale).status, 412u);
        http::Headers once;
        once.set("Idempotency-Key", "k1");
        QCOMPARE(post_update(site, id, "customers", "once", once).status, 201u);
        QCOMPARE(post_update(site, id, "customers", "once", once).status, 201u);
        site.pass(1, 0);
        const json items = body_of(site, "/outbox")["items"];
        QCOMPARE(std::ranges::count_if(items, [](const json& e) { return e["type"] == "status_update"; }), 1);
    }

    void aLifeIsToldOnceAlsoAcrossARestart() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site, 3);
        QVERIFY(until(site, [&] { return receiver.at("/chat").size() == 1; }));
        site.stop();
        site.start();
        site.pass(3, 0);
        const auto event = [&](const char* kind, json body) {
            return ask(site, http::Method::post, "/incidents/" + id + "/events",
                        {{"kind", kind}, {"body", body}})
                .status;
        };
        QCOMPARE(event("acknowledge", json::object()), 201u);
        QCOMPARE(event("severity", {{"severity", 1}, {"text", "everybody"}}), 201u);
        QCOMPARE(event("state", {{"state", "resolved"}, {"text", "rolled back"}}), 201u);
        QVERIFY(until(site, [&] { return receiver.at("/chat").size() == 3; }));
        site.stop();
        site.start();
        site.pass(5, 0);
        const auto taken = receiver.at("/chat");
        QCOMPARE(taken.size(), std::size_t(3));
        QVERIFY(taken[0].body["text"].get<std::string>().find("SEV3 " + id + " opened: Playback fails") == 0);
        QVERIFY(taken[1].body["text"].get<std::string>().find("more severe") != std::string::npos);
        QVERIFY(taken[2].body["text"].get<std::string>().find("resolved") != std::string::npos);
        QVERIFY(receiver.at("/customers").empty());
    }

    void aRefusalIsNotedAndAHandTriesAgain() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site);
        receiver.status = 422;
        QCOMPARE(post_update(site, id, "customers", "All is well.").status, 201u);
        QVERIFY(until(site, [&] { return deliveries(site, id).size() == 1; }));
        QCOMPARE(deliveries(site, id)[0]["body"]["phase"], json("failed"));
        QVERIFY(deliveries(site, id)[0]["body"]["text"].get<std::string>().find("status 422") !=
                std::string::npos);
        json outbox = body_of(site, "/outbox?state=failed");
        const auto failed =
            std::ranges::find_if(outbox["items"], [](const json& e) { return e["type"] == "status_update"; });
        QVERIFY(failed != outbox["items"].end());
        QVERIFY(outbox["counts"]["failed"].get<int>() >= 1);
        const std::string entry = std::to_string((*failed)["id"].get<int>());
        QCOMPARE((*failed)["kind"], json("webhook"));
        QCOMPARE((*failed)["incident"], json(id));
        QCOMPARE(deliveries(site, id)[0]["body"]["subject"], json(entry));
        receiver.status = 200;
        QCOMPARE(ask(site, http::Method::post, "/outbox/" + entry + "/retry").status, 200u);
        QVERIFY(until(site, [&] { return deliveries(site, id).size() == 2; }));
        QCOMPARE(deliveries(site, id)[1]["body"]["phase"], json("sent"));
        QCOMPARE(ask(site, http::Method::post, "/outbox/" + entry + "/retry").status, 409u);
        QCOMPARE(ask(site, http::Method::del, "/outbox/" + entry).status, 409u);
        QCOMPARE(ask(site, http::Method::del, "/outbox/12345").status, 404u);
        QCOMPARE(ask(site, http::Method::del, "/outbox/x").status, 404u);
    }

    void whatWaitsMayBeDroppedAndThatIsNotedToo() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site);
        receiver.status = 503;
        QCOMPARE(post_update(site, id, "customers", "All is well.").status, 201u);
        // Between attempts it is queued, while one is under way it is not, so it is read once only.
        std::string entry;
        QVERIFY(until(site, [&] {
            const json outbox = body_of(site, "/outbox?state=queued");
            for (const json& item : outbox["items"])
                if (item["type"] == "status_update" && item["last_error"].is_string())
                    entry = std::to_string(item["id"].get<int>());
            return !entry.empty();
        }));
        // While an attempt is under way it is refused.
        QVERIFY(until(site, [&] {
            const auto answer = ask(site, http::Method::del, "/outbox/" + entry);
            return answer.status == 200 && json::parse(answer.body)["state"] == "dropped";
        }));
        QVERIFY(until(site, [&] { return deliveries(site, id).size() == 1; }));
        QVERIFY(deliveries(site, id)[0]["body"]["text"].get<std::string>().find("dropped by") !=
                std::string::npos);
    }

    void anOverdueUpdateIsRemindedOfOnceForEachDueTime() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const std::string id = open_incident(site, 1);
        const auto reminders = [&] {
            std::vector<std::string> titles;
            for (const auto& one : receiver.at("/chat"))
                if (one.key.ends_with("/reminder")) titles.push_back(one.body["text"]);
            return titles;
        };
        site.pass(2, 0);
        json schedule = body_of(site, "/status-schedule")["items"];
        QCOMPARE(schedule.size(), std::size_t(3));
        QCOMPARE(schedule[0]["overdue"], json(false));
        QVERIFY(reminders().empty());
        site.clock.advance(std::chrono::minutes(31));
        QVERIFY(until(site, [&] { return reminders().size() == 3; }));
        QCOMPARE(body_of(site, "/status-schedule")["items"][0]["overdue"], json(true));
        site.stop();
        site.start();
        site.pass(5, 0);
        QCOMPARE(reminders().size(), std::size_t(3));
        QCOMPARE(post_update(site, id, "customers", "Still at it.").status, 201u);
        site.pass(1, 0);
        schedule = body_of(site, "/status-schedule")["items"];
        QCOMPARE(schedule.back()["audience"], json("customers"));  // the latest due
        QCOMPARE(schedule.back()["overdue"], json(false));
        site.clock.advance(std::chrono::minutes(31));
        QVERIFY(until(site, [&] { return reminders().size() == 4; }));
        QVERIFY(reminders().back().find("customers") != std::string::npos);
    }

    void theClientReadsWhatOpsdSays() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        const incidents::IncidentId id(open_incident(site));
        site.pass(1, 0);
        test::Answer<std::vector<opsclient::Audience>> audiences;
        site.client->audiences(audiences.callback());
        const auto all = audiences.get();
        QVERIFY2(all.has_value(), all ? "" : all.error().message.c_str());
        QCOMPARE(all->at(0), (opsclient::Audience{"responders", "Responders", {{"chat", "slack"}}}));
        test::Answer<opsclient::StatusDraft> drafted;
        site.client->status_draft(id, "responders", drafted.callback());
        const auto draft = drafted.get();
        QVERIFY2(draft.has_value(), draft ? "" : draft.error().message.c_str());
        QCOMPARE(draft->destinations, (std::vector<opsclient::Recipient>{{"chat", "slack"}}));
        test::Answer<opsclient::StatusPosted> posted;
        site.client->post_status_update(id, "responders", draft->text, draft->based_on, posted.callback());
        const auto told = posted.get();
        QVERIFY2(told.has_value(), told ? "" : told.error().message.c_str());
        QCOMPARE(told->queued, draft->destinations);
        QVERIFY(until(site, [&] { return deliveries(site, id.value).size() == 1; }));
        test::Answer<std::vector<opsclient::StatusOwed>> schedule;
        site.client->status_schedule(schedule.callback());
        const auto owed = schedule.get();
        QVERIFY2(owed.has_value(), owed ? "" : owed.error().message.c_str());
        QVERIFY(std::ranges::any_of(
            *owed, [](const auto& one) { return one.audience == "responders" && one.last_update_at; }));
        test::Answer<opsclient::Outbox> outbox;
        site.client->outbox(outbox.callback());
        const auto entries = outbox.get();
        QVERIFY2(entries.has_value(), entries ? "" : entries.error().message.c_str());
        QCOMPARE(entries->sent, std::uint64_t(2));  // the opening, and the update
        QCOMPARE(entries->entries.at(0).state, std::string("sent"));
        test::Answer<opsclient::OutboxEntry> again;
        site.client->retry_outbox_entry(entries->entries.at(0).id, again.callback());
        QCOMPARE(again.get().error().code, core::Errc::conflict);
        test::Answer<opsclient::OutboxEntry> dropped;
        site.client->drop_outbox_entry(4711, dropped.callback());
        QCOMPARE(dropped.get().error().code, core::Errc::not_found);
    }

    void audiencesTellTheirWordsAndWhoTheyReach() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config() +
                           "status_templates: {customers: 'Since {{started}}.'}\n"
                           "status_cadence_min: {customers: {sev1: 10}}\n";
        site.start();
        const json audiences = body_of(site, "/audiences");
        QCOMPARE(audiences["items"].size(), std::size_t(3));
        const json customers = audiences["items"][2];
        QCOMPARE(customers["name"], json("customers"));
        QCOMPARE(customers["template"], json("Since {{started}}."));
        QCOMPARE(customers["cadence_s"]["sev1"], json(600));
        QVERIFY(customers["cadence_s"]["sev4"].is_null());
        QCOMPARE(customers["destinations"][0]["name"], json("page"));
        QVERIFY(audiences["placeholders"].size() > 10);
    }
};

QTEST_GUILESS_MAIN(TestStatusRoutes)
#include "tst_status_routes.moc"
