// A plan as text: what a rollout asks for is what the gateway applies and what it says of itself.

#include <QTest>
#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "gateway/traffic_split.hpp"
#include "traffic/plan_codec.hpp"

using namespace qd;
using nlohmann::json;

namespace {

std::string text(core::Random& random) {
    return random.hex(1 + random.below(6));
}

traffic::TextMatch match(core::Random& random) {
    return {traffic::MatchKind(random.below(3)), text(random)};
}

std::vector<traffic::HeaderMatch> headers(core::Random& random, std::uint64_t least) {
    std::vector<traffic::HeaderMatch> all;
    for (std::uint64_t n = least + random.below(3); n > 0; --n)
        all.push_back({"X-" + text(random), match(random)});
    return all;
}

traffic::TrafficPlan any_plan(core::Random& random) {
    traffic::TrafficPlan plan;
    plan.rollout = text(random);
    plan.canary_weight = double(random.below(1'001)) / 10;
    plan.baseline_weight = random.below(2) ? 0 : (100 - plan.canary_weight) / 2;
    plan.mode = traffic::SplitMode(random.below(2));
    if (random.below(2)) plan.cookie = text(random);
    for (std::uint64_t n = random.below(4); n > 0; --n)
        plan.header_routes.push_back({"route-" + std::to_string(n), headers(random, 1)});
    for (std::uint64_t n = random.below(3); n > 0; --n) {
        traffic::MirrorRoute mirror{"mirror-" + std::to_string(n), {}, {}};
        if (random.below(2)) mirror.percentage = unsigned(random.below(101));
        for (std::uint64_t m = random.below(3); m > 0; --m) {
            traffic::RequestMatch one;
            if (random.below(2)) one.method = match(random);
            if (random.below(2)) one.path = match(random);
            one.headers = headers(random, 0);
            mirror.match.push_back(std::move(one));
        }
        plan.mirrors.push_back(std::move(mirror));
    }
    return plan;
}

}  // namespace

class TestSplitDocuments : public QObject {
    Q_OBJECT

private slots:
    void the_gateway_applies_what_a_rollout_asks_and_says_so() {
        core::SeededRandom random(11);
        for (int i = 0; i < 100; ++i) {
            const traffic::TrafficPlan asked = any_plan(random);
            const std::string sent = traffic::to_json(asked).dump();
            const auto plan = traffic::parse_plan(sent);
            QVERIFY2(plan.has_value(), plan ? "" : (plan.error().message + " " + sent).c_str());
            gateway::TrafficSplit split(core::WallTime{});
            QVERIFY(split.set(*plan, {}).has_value());
            const auto read = traffic::plan_from_json(json::parse(gateway::to_json(split.status())));
            QVERIFY(read.has_value());
            QCOMPARE(*read, asked);
        }
    }

    void a_bad_plan_is_refused_data() {
        QTest::addColumn<QByteArray>("document");
        for (const char* document :
             {R"({})", R"({"canary_weight":101})", R"({"canary_weight":60,"baseline_weight":41})",
              R"({"canary_weight":1,"mode":"both"})", R"({"canary_weight":1,"header_routes":{}})",
              R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"header":"X"}]}]})",
              R"({"canary_weight":1,"header_routes":[{"name":"a","match":[{"exact":"X"}]}]})",
              R"({"canary_weight":1,"mirrors":[{"name":"m","percentage":101}]})",
              R"({"canary_weight":1,"mirrors":[{"name":"m","match":[{"path":{}}]}]})"})
            QTest::newRow(document) << QByteArray(document);
    }
    void a_bad_plan_is_refused() {
        QFETCH(QByteArray, document);
        QVERIFY(!traffic::parse_plan(document.toStdString()).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSplitDocuments)
#include "tst_split_documents.moc"
