// Every answer there can be: one way with a reason, and nothing that contradicts what was said.

#include <QTest>
#include <nlohmann/json.hpp>

#include <set>

#include "rollouts/advice_codec.hpp"
#include "rollouts/specification_text.hpp"

using namespace qd::rollouts;

namespace {

void for_all(const std::function<void(const ReleaseAnswers&)>& visit) {
    for (const Risk risk : {Risk::low, Risk::medium, Risk::high})
        for (const Migration migration : {Migration::none, Migration::compatible, Migration::breaking})
            for (unsigned bits = 0; bits < 64; ++bits)
                visit({risk, migration, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                       (bits & 16) != 0, (bits & 32) != 0});
}

std::string told(const ReleaseAnswers& of) {
    return to_json(advise(of), {of, "v2"}).dump();
}

bool is_sentence(const std::string& text) {
    return text.size() > 20 && text.ends_with('.') && text.front() >= 'A' && text.front() <= 'Z' &&
           text.find("  ") == std::string::npos;
}

}  // namespace

class TestAdvice : public QObject {
    Q_OBJECT

private slots:
    void everyAnswerHasAReasonAndWhyNotTheOthers() {
        unsigned visited = 0;
        for_all([&](const ReleaseAnswers& of) {
            ++visited;
            const Advice advice = advise(of);
            QVERIFY2(is_sentence(advice.reason), told(of).c_str());
            std::set<ReleaseWay> ways{advice.way};
            std::set<std::string> sentences{advice.reason};
            for (const OtherWay& other : advice.others) {
                ways.insert(other.way);
                sentences.insert(other.why_not);
                QVERIFY2(is_sentence(other.why_not), told(of).c_str());
            }
            QCOMPARE(ways.size(), release_ways.size());
            QCOMPARE(sentences.size(), release_ways.size());
            for (const std::string& caution : advice.cautions)
                QVERIFY2(is_sentence(caution), told(of).c_str());
        });
        QCOMPARE(visited, 576u);
    }

    void nothingContradictsTheAnswers() {
        for_all([](const ReleaseAnswers& of) {
            const Advice advice = advise(of);
            const bool mixes = advice.way == ReleaseWay::canary || advice.way == ReleaseWay::rolling;
            QVERIFY2(of.migration != Migration::breaking || !mixes, told(of).c_str());
            QVERIFY2(advice.way != ReleaseWay::blue_green || of.double_capacity, told(of).c_str());
            if (advice.way == ReleaseWay::rolling)
                QVERIFY2(!of.real_traffic_evidence && !of.instant_rollback && of.risk != Risk::high,
                         told(of).c_str());
            if (advice.way == ReleaseWay::feature_flag)
                QVERIFY2((of.experimental && of.user_facing) || of.migration == Migration::breaking,
                         told(of).c_str());
            if (of.real_traffic_evidence && advice.way == ReleaseWay::blue_green)
                QVERIFY2(!advice.cautions.empty(), told(of).c_str());
            // What is said of the room, the state and the way back is so.
            for (const OtherWay& other : advice.others) {
                QVERIFY2((other.why_not.find("no room") != std::string::npos) ==
                             (other.way == ReleaseWay::blue_green && !of.double_capacity),
                         told(of).c_str());
                QVERIFY2(other.why_not.find("state") == std::string::npos || of.stateful, told(of).c_str());
                QVERIFY2(other.why_not.find("Infrastructure") == std::string::npos || !of.user_facing,
                         told(of).c_str());
            }
            QVERIFY2(advice.reason.find("no room") == std::string::npos || !of.double_capacity,
                     told(of).c_str());
            // Impossible ways stand behind possible ones.
            if (of.migration == Migration::breaking)
                QVERIFY2(advice.others.front().way == ReleaseWay::blue_green ||
                             advice.others.front().way == ReleaseWay::feature_flag,
                         told(of).c_str());
        });
    }

    void whatToBeginWithCanBeStarted() {
        for_all([](const ReleaseAnswers& of) {
            for (const ReleaseWay way : release_ways) {
                const auto made = starting_specification(way, of, "v9");
                const auto read = parse_specification(to_yaml_text(made));
                QVERIFY2(read, read ? "" : read.error().message.c_str());
                QVERIFY(*read == made);
                QCOMPARE(made.target.label, std::string("v9"));
            }
        });
    }

    void theDesignsFourExamples() {
        ReleaseAnswers streaming;
        streaming.real_traffic_evidence = true;
        QCOMPARE(advise(streaming).way, ReleaseWay::canary);
        ReleaseAnswers internal;
        internal.risk = Risk::low;
        internal.user_facing = false;
        QCOMPARE(advise(internal).way, ReleaseWay::rolling);
        ReleaseAnswers payments;
        payments.risk = Risk::high;
        payments.instant_rollback = payments.double_capacity = true;
        QCOMPARE(advise(payments).way, ReleaseWay::blue_green);
        ReleaseAnswers trial;
        trial.experimental = true;
        QCOMPARE(advise(trial).way, ReleaseWay::feature_flag);
    }

    void theDesignsCanaryIsTheOneOfMediumRisk() {
        const auto made = starting_specification(ReleaseWay::canary, {}, "v2");
        std::string steps;
        for (const Step& step : made.steps) steps += describe(step) + ", ";
        QCOMPARE(steps, std::string("setWeight 10, pause 1 h, setWeight 50, pause 30 min, setWeight 100, "));
    }

    void answersAreReadOrNamed() {
        const auto read = advice_request_of({{"risk", "high"},
                                             {"database_migration", "compatible"},
                                             {"double_capacity", "true"},
                                             {"user_facing", "false"},
                                             {"version", "v7"}});
        QVERIFY(read);
        QCOMPARE(read->answers.risk, Risk::high);
        QCOMPARE(read->answers.migration, Migration::compatible);
        QVERIFY(read->answers.double_capacity && !read->answers.user_facing);
        QCOMPARE(read->version, std::string("v7"));
        QCOMPARE(advice_request_of({{"database_migration", "true"}})->answers.migration, Migration::breaking);
        QVERIFY(advice_request_of_json(R"({"stateful":true,"risk":"low"})")->answers.stateful);
        for (const auto& [key, word] : {std::pair{"risk", "none"}, std::pair{"stateful", "1"},
                                        std::pair{"colour", "red"}, std::pair{"version", "a b"}}) {
            const auto wrong = advice_request_of({{key, word}});
            QVERIFY(!wrong);
            QVERIFY(wrong.error().message.starts_with(key));
        }
        for (const char* text : {"[]", "{", R"({"risk":1})", R"({"risk":null})"})
            QVERIFY2(!advice_request_of_json(text), text);
    }

    void theWholeIsToldAsJson() {
        const AdviceRequest request{{}, "v3"};
        const auto said = to_json(advise(request.answers), request);
        QCOMPARE(said["way"].get<std::string>(), std::string("canary"));
        QCOMPARE(said["others"].size(), std::size_t(3));
        QCOMPARE(said["answers"]["risk"].get<std::string>(), std::string("medium"));
        QVERIFY(parse_specification(said["specification"].get<std::string>()));
    }
};

QTEST_GUILESS_MAIN(TestAdvice)
#include "tst_advice.moc"
