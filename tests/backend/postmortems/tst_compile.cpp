#include <QTest>

#include "backend/postmortems/story.hpp"
#include "postmortems/check.hpp"

using namespace qd;
using namespace qd::postmortems;
using test::at_second;

namespace {

bool holds(const std::vector<Statement>& statements, std::string_view words) {
    return std::ranges::any_of(statements, [&](const Statement& statement) {
        return statement.text.find(words) != std::string::npos && !statement.evidence.empty();
    });
}

bool proposes(const Document& document, std::string_view words) {
    return std::ranges::any_of(document.action_items, [&](const ActionItem& item) {
        return item.proposed && !item.evidence.empty() && item.text.find(words) != std::string::npos;
    });
}

bool finds(const Document& document, std::string_view section, std::string_view words) {
    return std::ranges::any_of(check(document), [&](const Finding& finding) {
        return finding.section == section && finding.problem.find(words) != std::string::npos;
    });
}

}  // namespace

class TestCompile : public QObject {
    Q_OBJECT

private slots:
    void theSummaryTellsWhatAndHowLong() {
        const Document document = test::bad_canary_document();
        QVERIFY(holds(document.summary, "Service gateway was affected from"));
        QVERIFY(holds(document.summary, "1 min 40 s"));
        QVERIFY(holds(document.summary, "SEV3 (minor issues, degraded performance): 14 of 612"));
        QVERIFY(holds(document.impact, "100 of 5000 events were bad (2.00 %; the objective bears 0.50 %)"));
        QVERIFY(holds(document.impact, "40.0 % of the window's error budget"));
    }

    void theTimeAtEachSeverityIsTold() {
        auto journal = test::bad_canary();
        auto higher = journal.next(incidents::EventKind::severity, 45);
        higher.body.severity = incidents::Severity::sev2;
        higher.body.text = "more users than thought";
        journal.events.insert(journal.events.begin() + 5, higher);
        for (std::size_t i = 0; i < journal.events.size(); ++i) journal.events[i].seq = i + 1;
        const Document document = compile(journal.incident(), journal.events, test::figures());
        QCOMPARE(document.severity_times, std::string("SEV3 for 25.0 s, SEV2 for 1 min 15 s"));
        const auto told = std::ranges::find_if(document.summary, [](const Statement& each) {
            return each.text.find("SEV3 for 25.0 s, SEV2 for 1 min 15 s") != std::string::npos;
        });
        QVERIFY(told != document.summary.end());
        QCOMPARE(told->evidence.events, (std::vector<std::uint64_t>{1, 6}));
    }

    void aRowTellsWhatWasMeasuredThen() {
        const Document document = test::bad_canary_document();
        for (const TimelineRow& row : document.timeline) {
            const double second = core::Seconds(row.at - at_second(0)).count();
            if (second == 40) QVERIFY(row.metric.empty());  // the gap
            if (second == 20 || second == 50)
                QCOMPARE(row.metric, std::string("Availability of playback 96.00 % good"));
        }
    }

    void anAlertsRowTellsOfItsOwnObjective() {
        auto measured = test::figures();
        measured.objectives.insert(measured.objectives.begin(), measured.objectives[0]);
        measured.objectives[0].id = "other";
        measured.objectives[0].title = "Another";
        const test::JournalBuilder journal = test::bad_canary();
        const Document document = compile(journal.incident(), journal.events, measured);
        for (const TimelineRow& row : document.timeline) {
            if (row.kind == "alert") QVERIFY(row.metric.starts_with("Availability of playback "));
            if (row.kind == "status_update") QVERIFY(row.metric.starts_with("Another "));
        }
    }

    void whatIsCountedIsNamed() {
        auto measured = test::figures();
        measured.objectives[0].unit = "milliseconds";
        const test::JournalBuilder journal = test::bad_canary();
        QVERIFY(compile(journal.incident(), journal.events, measured)
                    .impact[0]
                    .text.find("0.1 s of 5.0 s were bad") != std::string::npos);
        measured.objectives[0].unit = "requests";
        QVERIFY(compile(journal.incident(), journal.events, measured)
                    .impact[0]
                    .text.find("100 of 5000 requests were bad") != std::string::npos);
    }

    void aBudgetThatIsGoneHasNoNegativeRest() {
        auto measured = test::figures();
        measured.objectives[0].budget_spent = 15.232;
        measured.objectives[0].budget_remaining = -15.1;
        const test::JournalBuilder journal = test::bad_canary();
        const std::string text = compile(journal.incident(), journal.events, measured).impact[0].text;
        QVERIFY(text.ends_with(", 15.2 times the window's error budget; nothing of it is left."));
    }

    void aFaultThatEndsByItselfIsLuckAndNoDeed() {
        for (const std::string actor : {"opsd", "anna"}) {
            test::JournalBuilder journal;
            journal.opened(0, 20);
            journal.machine(incidents::EventKind::chaos, "f-1", "suspect", "Fault f-1 applied.", 20, "desk");
            journal.acknowledge(30);
            journal.machine(incidents::EventKind::chaos, "f-1", "ended", "Fault f-1 ended.", 70, actor);
            journal.state(incidents::State::mitigated, 100).state(incidents::State::resolved, 120);
            const Document document = compile(journal.incident(), journal.events, test::figures());
            QCOMPARE(document.lucky.size(), std::size_t(actor == "opsd" ? 1 : 0));
            const bool taken_back = std::ranges::any_of(document.went_well, [](const Statement& each) {
                return each.text.find("fault f-1 could be taken back") != std::string::npos;
            });
            QCOMPARE(taken_back, actor != "opsd");
        }
    }

    void everyMeasureIsWorkedOut() {
        const Document document = test::bad_canary_document();
        QCOMPARE(document.measures.size(), std::size_t(4));
        QCOMPARE(document.measures[0].name, std::string("MTTD"));
        QCOMPARE(*document.measures[0].value, std::chrono::milliseconds(20'000));
        QCOMPARE(document.measures[1].title, std::string("time to acknowledge"));
        QCOMPARE(*document.measures[2].value, std::chrono::milliseconds(100'000));
        QCOMPARE(document.measures[3].formula, std::string("resolved_at - started_at"));
        QVERIFY(document.measures[3].worked.find(core::format_rfc3339(at_second(120))) == 0);
    }

    void theTimelineIsTheJournal() {
        const auto journal = test::bad_canary();
        const Document document = test::bad_canary_document();
        QCOMPARE(document.timeline.size(), journal.events.size() + 1);
        QCOMPARE(document.timeline[0].kind, std::string("impact"));
        QCOMPARE(document.timeline[0].at, at_second(0));
        for (std::size_t i = 0; i + 1 < document.timeline.size(); ++i)
            QVERIFY(document.timeline[i].at <= document.timeline[i + 1].at);
        QCOMPARE(document.timeline[0].evidence, std::string("event 1"));
    }

    void theSuspectIsCalledASuspectWithWhatSupportsIt() {
        const Document document = test::bad_canary_document();
        QCOMPARE(document.root_cause.size(), std::size_t(1));
        const Statement& statement = document.root_cause[0];
        QVERIFY(statement.text.starts_with("Suspected: rollout RO-1"));
        QVERIFY(statement.text.find("30.0 s later the last alert ended") != std::string::npos);
        QCOMPARE(statement.evidence.events, (std::vector<std::uint64_t>{2, 7, 8}));
        QVERIFY(!document.open_questions_root_cause.empty());
    }

    void proposalsComeFromEvidence() {
        const Document document = test::bad_canary_document();
        QVERIFY(proposes(document, "Lower the first weight of the canary"));
        QVERIFY(proposes(document, "Let the analysis abort by itself"));
        QVERIFY(!proposes(document, "Add an alert"));
        test::JournalBuilder by_hand;
        by_hand.opened(0, 400);
        by_hand.events[0].source = "console";
        const Document other = compile(by_hand.incident(), by_hand.events, {});
        QVERIFY(proposes(other, "Add an alert for what people saw first in gateway"));
        QVERIFY(holds(other.went_poorly, "Detection took 6 min 40 s"));
    }

    void anOpenIncidentIsADraftWithGapsThatSayWhy() {
        test::JournalBuilder journal;
        journal.opened(0, 20);
        const Document document = compile(journal.incident(), journal.events, {});
        QVERIFY(holds(document.summary, "no mitigation is recorded"));
        QVERIFY(!document.measures[3].value);
        QCOMPARE(document.measures[3].worked, std::string("it is not resolved"));
        QVERIFY(finds(document, "Summary", "this is a draft"));
        QVERIFY(finds(document, "Summary", "nothing measured"));
        QVERIFY(finds(document, "Timeline", "MTTR is not known"));
    }

    void correctionsStandInTheirPlaceAndSaySo() {
        auto journal = test::bad_canary();
        auto retimed = journal.next(incidents::EventKind::acknowledge, 500);
        retimed.occurred_at = at_second(25);
        retimed.supersedes = 4;
        journal.add(retimed);
        const Document document = compile(journal.incident(), journal.events, {});
        const auto row = std::ranges::find(document.timeline, std::uint64_t(11), &TimelineRow::event);
        QVERIFY(row != document.timeline.end() && row->corrected);
        QVERIFY(row->evidence.find("in the place of event 4") != std::string::npos);
        QVERIFY(row->evidence.find("recorded 7 min 55 s later") != std::string::npos);
    }

    void theCheckAsksForWhatNothingShows() {
        Document document = test::bad_canary_document();
        document.summary.push_back({"It was carelessness", {}});
        QVERIFY(finds(document, "Summary", "no evidence"));
        QVERIFY(finds(document, "Summary", "\"carelessness\" blames"));
        document.timeline[0].event = 0;
        QVERIFY(finds(document, "Timeline", "has no event behind it"));
    }

    void blameIsFoundAsWholeWords() {
        QCOMPARE(blaming_words("It was negligence; she FORGOT."),
                 (std::vector<std::string>{"negligence", "forgot"}));
        QVERIFY(blaming_words("the default of the unforgotten").empty());
        QCOMPARE(counterfactuals("Anna should have known, if only"),
                 (std::vector<std::string>{"should have", "if only"}));
    }
};

QTEST_GUILESS_MAIN(TestCompile)
#include "tst_compile.moc"
