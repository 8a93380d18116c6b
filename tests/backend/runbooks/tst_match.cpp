#include <QRandomGenerator>
#include <QtTest>

#include "runbooks/guide.hpp"

using namespace qd;
using namespace qd::runbooks;

namespace {

const Situation burning{"gateway", 2, {"playback.x.1"}, {"playback"}, {"rollout"}};

QString reasons(const Match& match) {
    QStringList all;
    for (const std::string& reason : match.reasons) all << QString::fromStdString(reason);
    return all.join("; ");
}

}  // namespace

class TestMatch : public QObject {
    Q_OBJECT

private slots:
    void everyConditionThatIsGivenMustHold() {
        QVERIFY(match({}, burning).applies);
        QCOMPARE(reasons(match({}, burning)), QString("it is for every incident"));
        const Applies both{{"gateway"}, {}, {"play*"}, {}, 2};
        QVERIFY(match(both, burning).applies);
        QCOMPARE(reasons(match(both, burning)),
                 QString("it is a SEV2; its service is gateway; the objective playback fired"));
        QCOMPARE(match(both, burning).weight, 3);
        const Match other = match({{"viewers"}, {}, {"play*"}, {}, 4}, burning);
        QVERIFY(!other.applies);
        QCOMPARE(reasons(other), QString("it is for the service viewers"));
        QCOMPARE(reasons(match({{}, {}, {}, {}, 1}, burning)), QString("it is for SEV1 to SEV1"));
        QVERIFY(!match({{}, {}, {}, {"chaos"}, 4}, burning).applies);
        QVERIFY(match({{}, {"playback.*"}, {}, {"chaos", "rollout"}, 4}, burning).applies);
    }

    void whatWasStartedAndHasNoEndIsUnknown() {
        const auto at = core::WallTime(std::chrono::seconds(5));
        const std::vector<RunEvent> events{{"a/one", "started", "anna", "sent", at},
                                           {"a/two", "started", "anna", "sent", at},
                                           {"a/two", "done", "anna", "ok", at},
                                           {"a/three", "skipped", "ben", "no need", at}};
        const auto after = progress(events, {});
        QCOMPARE(after.at("a/one").state, StepState::unknown);
        QCOMPARE(after.at("a/two").state, StepState::done);
        QCOMPARE(after.at("a/three").state, StepState::skipped);
        QCOMPARE(after.at("a/three").actor, std::string("ben"));
        QCOMPARE(progress(events, {"a/one"}).at("a/one").state, StepState::running);
    }

    void nothingButAnEndIsEverDone() {
        QRandomGenerator random(3);
        const char* phases[] = {"started", "done", "failed", "skipped", "later"};
        for (int round = 0; round < 300; ++round) {
            std::vector<RunEvent> events;
            for (int n = random.bounded(12); n > 0; --n)
                events.push_back(
                    {random.bounded(2) ? "a/x" : "a/y", phases[random.bounded(5)], "p", "t", {}});
            const auto all = progress(events, {});
            QVERIFY(all == progress(events, {}));
            for (const auto& [subject, step] : all) {
                std::string last;
                for (const RunEvent& event : events)
                    if (event.subject == subject && event.phase != "later") last = event.phase;
                QCOMPARE(step.state == StepState::done, last == "done");
                QCOMPARE(step.state == StepState::unknown, last == "started");
                QVERIFY(step.state != StepState::running);
            }
        }
    }

    void aRunWantsAReason() {
        QVERIFY(decode_run_request("{}").has_value());
        QVERIFY(!decode_run_request(R"({"confirm":true,"reason":"  "})").has_value());
        QVERIFY(!decode_run_request(R"({"outcome":"perhaps"})").has_value());
        QVERIFY(!decode_run_request(R"({"parameters":{"a":1}})").has_value());
        const auto good = decode_run_request(R"({"confirm":true,"reason":"r","parameters":{"fault":"f-1"}})");
        QCOMPARE(good->parameters.at("fault"), std::string("f-1"));
    }
};

QTEST_APPLESS_MAIN(TestMatch)
#include "tst_match.moc"
