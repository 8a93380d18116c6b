// Maintenance that does not count, and what a spent budget forbids, as clients see them.

#include <QtTest>
#include <nlohmann/json.hpp>

#include "slo/codec.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

http::ClientResponse ask(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}, http::Headers headers = {}) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers = std::move(headers);
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

/// The minutes around now.
std::string maintenance(const OpsdSite& site, const char* objectives = "[]") {
    return fmt::format(R"({{"from":"{}","to":"{}","objectives":{},"reason":"a new disk"}})",
                       core::format_rfc3339(site.clock.now() - std::chrono::minutes(1)),
                       core::format_rfc3339(site.clock.now() + std::chrono::minutes(1)), objectives);
}

/// 99.5 % over an hour whose spent budget freezes rollouts.
constexpr const char* strict = R"(slos:
  - id: playback-availability
    title: Playback availability
    objective_percent: 99.5
    window_s: 3600
    indicator:
      kind: ratio
      good: {metric: gateway_responses_total, labels: {code: "!5*"}}
      total: {metric: gateway_responses_total}
    rows: [{short_s: 10, long_s: 60, factor: 100, min_events: 20}]
    policy: {freeze_rollouts: true}
)";

constexpr const char* specification =
    "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\ntarget: {version: v2}\n";

}  // namespace

class TestExclusionRoutes : public QObject {
    Q_OBJECT

private slots:
    void excludedTimeLeavesTheFiguresAndComesBackWithThem() {
        OpsdSite site;
        site.start();
        site.pass(30, 30, 0);
        site.pass(20, 20, 10);
        const slo::Status before = site.status();
        const auto added = ask(site, http::Method::post, "/exclusions", maintenance(site));
        QCOMPARE(added.status, 201u);
        const auto exclusion = nlohmann::json::parse(added.body);
        QVERIFY(!exclusion["author"].get<std::string>().empty());
        QCOMPARE(exclusion["reason"].get<std::string>(), std::string("a new disk"));
        site.pass(64, 0);  // rows end as they always do, the slower after a minute
        const slo::Status during = site.status();
        QVERIFY(during.excluded.now);
        QCOMPARE(during.window.counts.total, std::uint64_t(0));
        QCOMPARE(during.excluded.counts, before.window.counts);
        QCOMPARE(during.health, slo::Health::no_traffic);
        QVERIFY(!during.budget.exhausted && before.budget.exhausted);
        const std::string path = "/exclusions/" + exclusion["id"].get<std::string>();
        QCOMPARE(ask(site, http::Method::del, path).status, 204u);
        QCOMPARE(ask(site, http::Method::del, path).status, 404u);
        site.pass(1, 0);
        QCOMPARE(site.status().window.counts, before.window.counts);
        QCOMPARE(site.status().excluded.counts, slo::Counts{});
    }

    void onlyTheNamedObjectivesAreConcerned() {
        OpsdSite site;
        site.start();
        site.pass(10, 20, 10);
        const auto body = maintenance(site, R"(["stream-latency"])");
        QCOMPARE(ask(site, http::Method::post, "/exclusions", body).status, 201u);
        site.pass(1);
        QVERIFY(!site.status().excluded.now);
        QVERIFY(site.status("stream-latency").excluded.now);
    }

    void theyOutliveARestart() {
        OpsdSite site;
        site.start();
        site.pass(10);
        QCOMPARE(ask(site, http::Method::post, "/exclusions", maintenance(site)).status, 201u);
        site.stop();
        site.start();
        QVERIFY(site.status().excluded.now);
        test::Answer<std::vector<slo::Exclusion>> listed;
        site.client->exclusions(listed.callback());
        const auto exclusions = listed.get();
        QVERIFY2(exclusions.has_value(), exclusions ? "" : exclusions.error().message.c_str());
        QCOMPARE(exclusions->size(), std::size_t(1));
        test::Answer<void> removed;
        site.client->remove_exclusion(exclusions->at(0).id, removed.callback());
        QVERIFY(removed.get().has_value());
        QVERIFY(nlohmann::json::parse(ask(site, http::Method::get, "/exclusions").body)["items"].empty());
    }

    void theTypedClientAddsThem() {
        OpsdSite site;
        site.start();
        slo::Exclusion planned;
        planned.from = site.clock.now() + std::chrono::hours(1);
        planned.to = planned.from + std::chrono::hours(2);
        planned.slos = {slo::SloId("playback-availability")};
        planned.reason = "a new kernel";
        test::Answer<slo::Exclusion> added;
        site.client->add_exclusion(planned, added.callback());
        const auto answer = added.get();
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
        QVERIFY(answer->id.value.starts_with("exc-") && answer->from == planned.from);
        QCOMPARE(answer->slos, planned.slos);
        site.pass(1);
        QVERIFY(!site.status().excluded.now);
    }

    void aRepeatedRequestIsOneExclusion() {
        OpsdSite site;
        site.start();
        const std::string body = maintenance(site);
        const auto first = ask(site, http::Method::post, "/exclusions", body, {{"Idempotency-Key", "k"}});
        const auto again = ask(site, http::Method::post, "/exclusions", body, {{"Idempotency-Key", "k"}});
        QCOMPARE(first.body, again.body);
        QCOMPARE(nlohmann::json::parse(ask(site, http::Method::get, "/exclusions").body)["items"].size(),
                 std::size_t(1));
    }

    void badOnesAreRefusedWithTheReason() {
        OpsdSite site;
        site.start();
        const auto refusal = [&](const std::string& body) {
            const auto answer = ask(site, http::Method::post, "/exclusions", body);
            return answer.status == 400 ? answer.body : fmt::format("status {}", answer.status);
        };
        QVERIFY(refusal("{").find("JSON") != std::string::npos);
        QVERIFY(refusal(R"({"from":"2024-10-04T00:00:00Z"})").find("to") != std::string::npos);
        QVERIFY(refusal(R"({"from":"2024-10-04T01:00:00Z","to":"2024-10-04T00:00:00Z","reason":"x"})")
                    .find("before to") != std::string::npos);
        QVERIFY(refusal(R"({"from":"2020-10-04T00:00:00Z","to":"2020-10-04T01:00:00Z","reason":"x"})")
                    .find("kept") != std::string::npos);
        QVERIFY(refusal(R"({"from":"2030-10-04T00:00:00Z","to":"2030-10-04T01:00:00Z","reason":"x"})")
                    .find("ahead") != std::string::npos);
        QVERIFY(refusal(maintenance(site, R"(["nothing"])")).find("'nothing'") != std::string::npos);
    }

    void aSpentBudgetFreezesRolloutsWhereThePolicySaysSo() {
        OpsdSite site;
        const auto file = site.data() / "slos.yaml";
        QVERIFY(core::write_file_atomically(file, strict).has_value());
        site.more_config = fmt::format("slos: ['{}']\n", file.string());
        site.start();
        site.pass(60, 30, 0);
        // There is no supervisor here that could start a version: so far it gets.
        QCOMPARE(ask(site, http::Method::post, "/rollouts", specification).status, 503u);
        site.pass(20, 30, 1);
        QVERIFY(site.status().budget.exhausted);
        const auto frozen = ask(site, http::Method::post, "/rollouts", specification);
        QCOMPARE(frozen.status, 409u);
        QVERIFY2(frozen.body.find("budget of 'Playback availability' is spent (20 bad requests") !=
                     std::string::npos,
                 frozen.body.c_str());
        QCOMPARE(ask(site, http::Method::post, "/rollouts?override=true&reason=a+fix", specification).status,
                 503u);
        // Maintenance gives the budget back, and with it the rollouts.
        QCOMPARE(ask(site, http::Method::post, "/exclusions", maintenance(site)).status, 201u);
        site.pass(1);
        QCOMPARE(ask(site, http::Method::post, "/rollouts", specification).status, 503u);
    }
};

QTEST_GUILESS_MAIN(TestExclusionRoutes)
#include "tst_exclusion_routes.moc"
