// From the monitor's alert to the receiver, and what the API says of it.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "opsd/outbox_routes.hpp"
#include "support/opsd_site.hpp"
#include "support/program.hpp"

using namespace qd;
using nlohmann::json;
using test::OpsdSite;

namespace {

struct Receiver {
    Receiver() {
        server.route_blocking(http::Method::post, "/hook", [this](const http::Request& request) {
            const std::lock_guard lock(mutex);
            bodies.push_back(json::parse(request.body));
            return http::Response::empty(204);
        });
        if (!server.start()) qFatal("no server");
    }
    std::vector<json> taken() {
        const std::lock_guard lock(mutex);
        return bodies;
    }
    std::string config() const {
        return fmt::format("notify: [{{name: chat, kind: webhook, url: 'http://{}/hook'}}]\n",
                           server.address());
    }

    std::mutex mutex;
    std::vector<json> bodies;
    http::Server server{http::ServerOptions{}};
};

json get(OpsdSite& site, const std::string& path, unsigned status = 200,
         const std::string& token = test::token) {
    http::ClientRequest request;
    request.url = "http://" + site.opsd->address() + path;
    request.headers.set("Authorization", "Bearer " + token);
    const auto response = site.http.fetch(std::move(request));
    if (!response || response->status != status)
        qFatal("%s", response ? response->body.c_str() : "no answer");
    return json::parse(response->body);
}

}  // namespace

class TestOutboxRoutes : public QObject {
    Q_OBJECT

private slots:
    void anAlertGoesOutWithItsEndAndIsListed() {
        Receiver receiver;
        OpsdSite site;
        site.more_config = receiver.config();
        site.start();
        QCOMPARE(get(site, "/api/v1/outbox")["items"], json::array());
        site.pass(90);
        site.pass(15, 30, 6);
        const auto all_sent = [&] {
            site.pass(1, 0);
            const json items = get(site, "/api/v1/outbox")["items"];
            return !items.empty() &&
                   std::ranges::all_of(items, [](const json& e) { return e["state"] == "sent"; });
        };
        QVERIFY(test::eventually(all_sent, 10'000));
        const json first = get(site, "/api/v1/outbox")["items"].back();
        QCOMPARE(first["destination"], json("chat"));
        QCOMPARE(first["alert"]["phase"], json("firing"));
        QCOMPARE(first["attempts"], json(1));
        QVERIFY(first["accepted_at"].is_string() && first["last_error"].is_null() &&
                first["next_attempt_at"].is_null());
        const json told = receiver.taken().front();
        QCOMPARE(told["schema"], json(1));
        QCOMPARE(told["slo"], first["alert"]["slo"]);
        QVERIFY(!told["description"].get<std::string>().empty());

        // After a restart nothing is told twice, and the ends arrive.
        site.stop();
        const std::size_t before = receiver.taken().size();
        site.start();
        site.pass(1, 30, 6);
        site.pass(120);
        QVERIFY(test::eventually(all_sent, 10'000));
        const auto taken = receiver.taken();
        QVERIFY(taken.size() > before);
        std::set<std::pair<std::string, std::string>> once;
        for (const json& body : taken)
            QVERIFY(once.emplace(body["id"].get<std::string>(), body["phase"].get<std::string>()).second);
        const auto firing =
            std::ranges::count_if(taken, [](const json& b) { return b["phase"] == "firing"; });
        QCOMPARE(std::size_t(2 * firing), taken.size());
    }

    void theListHasPagesAndSaysWhatIsWrong() {
        OpsdSite site;
        site.more_config = "notify: [{name: nobody, kind: webhook, url: 'http://127.0.0.1:1/'}]\n";
        site.start();
        site.pass(90);
        site.pass(20, 30, 15);
        QVERIFY(test::eventually(
            [&] {
                const json items = get(site, "/api/v1/outbox?state=queued")["items"];
                return items.size() >= 2 && items.back()["last_error"].is_string();
            },
            10'000));
        QCOMPARE(get(site, "/api/v1/outbox?state=sent")["items"], json::array());
        const json all = get(site, "/api/v1/outbox")["items"];
        const json page = get(site, "/api/v1/outbox?limit=1");
        QCOMPARE(page["items"].size(), std::size_t(1));
        QCOMPARE(page["items"][0]["id"], all[0]["id"]);
        const json next = get(site, "/api/v1/outbox?limit=1&cursor=" + page["next"].get<std::string>());
        QCOMPARE(next["items"][0]["id"], all[1]["id"]);
        QVERIFY(get(site, "/api/v1/outbox")["next"].is_null());
        for (const char* wrong : {"state=done", "limit=0", "limit=501", "limit=x", "cursor=-1"})
            get(site, std::string("/api/v1/outbox?") + wrong, 400);
        get(site, "/api/v1/outbox", 401, "wrong");
    }
};

QTEST_GUILESS_MAIN(TestOutboxRoutes)
#include "tst_outbox_routes.moc"
