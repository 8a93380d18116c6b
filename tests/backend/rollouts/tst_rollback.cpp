#include <QTest>

#include "rollouts/rollback.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

Rollout ended(const char* id, const char* from, const char* to, Course course) {
    Rollout rollout;
    rollout.id = RolloutId(id);
    rollout.specification.steps.resize(3);
    rollout.specification.target.label = to;
    rollout.progress.course = course;
    rollout.former_version = from;
    rollout.stable_version = course == Course::promoted ? to : from;
    return rollout;
}

/// v1, then v2 … v6, where v5 was aborted; the latest first.
std::vector<Rollout> history() {
    return {ended("RO-5", "v4", "v6", Course::promoted), ended("RO-4", "v4", "v5", Course::aborted),
            ended("RO-3", "v3", "v4", Course::promoted), ended("RO-2", "v2", "v3", Course::promoted),
            ended("RO-1", "v1", "v2", Course::promoted)};
}

}  // namespace

class TestRollback : public QObject {
    Q_OBJECT

private slots:
    void versionsThatWereStableAreKnownTheLatestFirst() {
        QCOMPARE(earlier_versions(history()), (std::vector<std::string>{"v4", "v3", "v2", "v1"}));
        QVERIFY(earlier_versions({}).empty());
    }

    void withinTheWindowItIsOneStep() {
        auto all = history();
        all[3].specification.target.flags["layout"] = "old";
        all.front().specification.approvals = 2;
        const auto back = rollback_to(all, all.front(), "v3");
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(back->target.label, std::string("v3"));
        QCOMPARE(back->target.flags.at("layout"), std::string("old"));
        QCOMPARE(back->steps.size(), std::size_t(1));
        QCOMPARE(back->steps.front().weight, 100u);
        QCOMPARE(back->approvals, 0u);
    }

    void beyondItTheStepsAreTaken() {
        auto all = history();
        all.front().specification.approvals = 2;
        const auto back = rollback_to(all, all.front(), "v1");  // the fourth of a window of three
        QVERIFY(back);
        QCOMPARE(back->steps.size(), std::size_t(3));
        QCOMPARE(back->approvals, 2u);
        QCOMPARE(back->target.label, std::string("v1"));
    }

    void whatCannotBeIsSaid() {
        const auto all = history();
        QCOMPARE(rollback_to(all, all.front(), "v6").error().code, core::Errc::conflict);
        const auto never = rollback_to(all, all.front(), "v5");
        QCOMPARE(never.error().code, core::Errc::not_found);
        QVERIFY(never.error().message.find("v4, v3, v2, v1") != std::string::npos);
        auto open = all.front();
        open.progress.course = Course::stepping;
        QCOMPARE(rollback_to(all, open, "v4").error().code, core::Errc::conflict);
    }
};

QTEST_GUILESS_MAIN(TestRollback)
#include "tst_rollback.moc"
