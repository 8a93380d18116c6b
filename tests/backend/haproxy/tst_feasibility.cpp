// What a HAProxy with fixed servers can carry out, and what is said where it cannot.

#include <QTemporaryDir>
#include <QTest>

#include "core/files.hpp"
#include "haproxy/feasibility.hpp"

using namespace qd;
using namespace qd::haproxy;

namespace {

Options two_and_one() {
    Options options;
    options.socket = "/s";
    options.backend = "streams";
    options.stable = {"s1", "s2"};
    options.canary = {"c1"};
    options.versions = {{"s1", "v1"}, {"s2", "v1"}, {"c1", "v2"}};
    return options;
}

ServerStates states_of(const Options& options) {
    ServerStates states;
    for (const auto& [server, version] : options.versions) states[server] = {true, Admin::ready, 100};
    return states;
}

rollouts::Specification parsed(const std::string& text) {
    auto specification = rollouts::parse_specification(text);
    if (!specification) qFatal("%s", specification.error().message.c_str());
    return *specification;
}

const std::string canary = "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\n";

QString refused(const Options& options, const std::string& specification) {
    const auto why = infeasible(options, options.versions, states_of(options), parsed(specification));
    return QString::fromStdString(why.value_or(""));
}

}  // namespace

class TestFeasibility : public QObject {
    Q_OBJECT

private slots:
    void whatIsDeployedIsCarriedOut() {
        QCOMPARE(refused(two_and_one(), canary + "target: {version: v2}\n"), QString());
        Options pair = two_and_one();
        pair.canary = {"c1", "c2"};
        pair.versions["c2"] = "v2";
        QCOMPARE(refused(pair, canary + "target: {version: v2, instances: 2}\n"), QString());
        QCOMPARE(refused(pair, "strategy: {blueGreen: {}}\ntarget: {version: v2}\n"), QString());
    }

    void whatIsNotDeployedIsNamed() {
        const QString why = refused(two_and_one(), canary + "target: {version: v3}\n");
        QVERIFY2(why.contains("'c1' is labelled v2 and not v3") && why.contains("deploy v3 there"),
                 qPrintable(why));
        Options mixed = two_and_one();
        mixed.versions["s2"] = "v0";
        QVERIFY(refused(mixed, canary + "target: {version: v2}\n").contains("'s1' is v1, 's2' is v0"));
    }

    void nothingIsStarted() {
        const Options options = two_and_one();
        QVERIFY(refused(options, "strategy: {rolling: {}}\ntarget: {version: v2}\n").contains("rolling"));
        QVERIFY(refused(options, canary + "target: {version: v2, faults: [{kind: error}]}\n")
                    .contains("target.faults"));
        const QString two = refused(options, canary + "target: {version: v2, instances: 2}\n");
        QVERIFY2(two.contains("2 canary instance(s)") && two.contains("all of its 1 server(s)"),
                 qPrintable(two));
        const QString scaled = refused(
            options,
            "strategy: {canary: {steps: [{setWeight: 10}, {setCanaryScale: {replicas: 3}}, {pause: {}}]}}\n"
            "target: {version: v2}\n");
        QVERIFY2(scaled.startsWith("step 2 "), qPrintable(scaled));
    }

    void aStableServerThatSomebodyHasTakenOutIsLeftAlone() {
        const Options options = two_and_one();
        ServerStates states = states_of(options);
        states["s2"].admin = Admin::maint;
        const auto why =
            infeasible(options, options.versions, states, parsed(canary + "target: {version: v2}\n"));
        QVERIFY(why && why->find("'s2' is in maint") != std::string::npos);
    }

    void labelsMayStandInAFile() {
        const QTemporaryDir folder;
        Options options = two_and_one();
        options.versions.clear();
        options.versions_file = folder.filePath("versions.yaml").toStdString();
        QVERIFY(!read_labels(options));
        const auto write = [&](const char* text) {
            QVERIFY(core::write_file_atomically(options.versions_file, text));
        };
        write("s1: v1\ns2: v1\nc1: '2.0'\n");
        const auto labels = read_labels(options);
        QVERIFY2(labels, labels ? "" : labels.error().message.c_str());
        QCOMPARE(labels->at("c1"), std::string("2.0"));
        write("s1: v1\ns2: v1\nc1: v3\n");
        QCOMPARE(read_labels(options)->at("c1"), std::string("v3"));
        write("s1: v1\ns2: v1\nc9: v3\n");
        QVERIFY(read_labels(options).error().message.find("'c1' is missing") != std::string::npos);
        write("s1: v1\ns2: v1\nc1: v2\nc9: v3\n");
        QVERIFY(read_labels(options).error().message.find("c9") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestFeasibility)
#include "tst_feasibility.moc"
