// Drafts, the rhythm of updates, and what of a journal is told outside.
#include <QtTest>
#include <random>

#include "../incidents/journal_builder.hpp"
#include "status/announced.hpp"
#include "status/audience.hpp"
#include "status/cadence.hpp"
#include "status/draft.hpp"

using namespace qd;
using namespace qd::status;
using namespace std::chrono_literals;
using incidents::EventKind;
using incidents::Severity;
using incidents::State;
using test::at_second;
using test::JournalBuilder;

namespace {

JournalBuilder& update(JournalBuilder& journal, std::string_view audience, int second,
                       const std::string& text = "So it is.") {
    auto event = journal.next(EventKind::status_update, second);
    event.body.text = text;
    event.body.purpose = audience;
    return journal.add(event);
}

JournalBuilder& severity(JournalBuilder& journal, Severity value, int second) {
    auto event = journal.next(EventKind::severity, second);
    event.body.severity = value;
    event.body.text = "more users";
    return journal.add(event);
}

std::vector<std::string> told(const JournalBuilder& journal) {
    std::vector<std::string> ids;
    for (const Announced& one : announced(journal.incident(), journal.events)) ids.push_back(one.id);
    return ids;
}

}  // namespace

class TestStatus : public QObject {
    Q_OBJECT

private slots:
    void everyAudienceHasADraftForEveryState() {
        JournalBuilder journal;
        journal.opened(0, 40).acknowledge(50).assign("commander", "anna", 60);
        auto incident = journal.incident();
        for (const std::string_view audience : audience_names())
            for (int state = 0; state <= int(State::merged); ++state) {
                incident.state = State(state);
                const auto text = default_template(audience).fill(values_of(incident, 60min, at_second(100)));
                QVERIFY2(text.has_value(), text ? "" : text.error().message.c_str());
                QVERIFY(!text->empty() && text->find("{{") == std::string::npos);
            }
    }

    void aDraftSaysWhatIsKnown() {
        JournalBuilder journal;
        journal.opened(0, 40).acknowledge(50).assign("commander", "anna", 60);
        auto incident = journal.incident();
        incident.severity_reason.clear();
        Values values = values_of(incident, 30min, at_second(100));
        QCOMPARE(values["incident"], std::string("INC-1"));
        QCOMPARE(values["severity"], std::string("SEV3"));
        QCOMPARE(values["impact"], std::string(meaning(Severity::sev3)));
        QCOMPARE(values["commander"], std::string("anna"));
        QCOMPARE(values["started"], clock_words(at_second(0)));
        QCOMPARE(values["next_update"], "by " + clock_words(at_second(100) + 30min));
        QCOMPARE(values["last_update"], std::string("none yet"));
        incident.severity_reason = std::string(5'000, 'x');
        incident.roles.clear();
        values = values_of(incident, std::nullopt, at_second(100));
        QVERIFY(values["impact"].size() < 1'600);
        QCOMPARE(values["commander"], std::string("nobody yet"));
        QCOMPARE(values["next_update"], std::string("when there is news"));
        incident.state = State::resolved;
        QVERIFY(values_of(incident, 30min, at_second(100))["next_update"].find("last one") !=
                std::string::npos);
        for (const Placeholder& one : placeholders()) QVERIFY(values.contains(one.name));
        QCOMPARE(values.size(), placeholders().size());
    }

    void customersReadNoInternals() {
        JournalBuilder journal;
        journal.opened(0, 40).assign("commander", "anna", 60);
        const auto incident = journal.incident();
        const std::string text =
            *default_template(customers).fill(values_of(incident, 60min, at_second(100)));
        for (const std::string_view word : {"SEV", "anna", "burn", "14 of 612"})
            QVERIFY(text.find(word) == std::string::npos);
        QVERIFY(headline(incident, customers).find(incident.title) == std::string::npos);
        QVERIFY(headline(incident, stakeholders).find(incident.title) != std::string::npos);
    }

    void anUpdateIsDueAnIntervalAfterTheLast() {
        JournalBuilder journal;
        journal.opened(0, 40);
        const auto due = [&](std::string_view audience, std::optional<std::chrono::minutes> every) {
            return next_update_due(journal.incident(), last_update_at(journal.events, audience), every);
        };
        QVERIFY(due(customers, 30min) == at_second(40) + 30min);
        QVERIFY(!due(customers, std::nullopt));
        journal.acknowledge(50);
        update(journal, customers, 600);
        QVERIFY(due(customers, 30min) == at_second(600) + 30min);
        QVERIFY(due(customers, 10min) == at_second(600) + 10min);  // more severe: sooner
        QVERIFY(due(stakeholders, 30min) == at_second(40) + 30min);
        update(journal, "", 700);  // as they were written before there were audiences
        QVERIFY(due(stakeholders, 30min) == at_second(700) + 30min);
        auto back = journal.next(EventKind::status_update, 800);
        back.supersedes = 3;
        back.body.retracted = true;
        back.body.purpose = customers;
        journal.add(back);
        QVERIFY(due(customers, 30min) == at_second(40) + 30min);  // what was taken back told nobody anything
        journal.state(State::resolved, 900);
        QVERIFY(!due(customers, 30min));
        journal.state(State::investigating, 5'000);  // reopened: the old updates are of the last time
        QVERIFY(*due(stakeholders, 30min) >= at_second(5'000) + 30min);
    }

    void defaultsAreThoseOfTheHandbook() {
        const Rhythm rhythm = default_rhythm();
        QVERIFY(rhythm[0] == 30min && rhythm[1] == 60min && rhythm[2] == 240min && !rhythm[3]);
        Cadence cadence;
        cadence["customers"] = {5min, std::nullopt, std::nullopt, std::nullopt};
        QVERIFY(interval(cadence, customers, Severity::sev1) == 5min);
        QVERIFY(!interval(cadence, customers, Severity::sev2));
        QVERIFY(interval(cadence, responders, Severity::sev2) == 60min);
    }

    void aLifeIsToldOnceAndInItsOrder() {
        JournalBuilder journal;
        journal.opened(0, 40).acknowledge(50);
        severity(journal, Severity::sev1, 60);
        update(journal, customers, 70);
        severity(journal, Severity::sev4, 80);  // less severe: nobody is called for that
        journal.state(State::resolved, 90).state(State::investigating, 100).state(State::resolved, 110);
        QCOMPARE(told(journal),
                 (std::vector<std::string>{"INC-1/opened/1", "INC-1/severity/3", "INC-1/status_update/4",
                                           "INC-1/resolved/6", "INC-1/reopened/7", "INC-1/resolved/8"}));
        const auto all = announced(journal.incident(), journal.events);
        QCOMPARE(all[0].worst, Severity::sev3);
        QCOMPARE(all[3].severity, Severity::sev4);
        QCOMPARE(all[3].worst, Severity::sev1);  // who was called is told that it is over
        QVERIFY(all[1].text.find("SEV1 after SEV3") != std::string::npos);
        QCOMPARE(all[2].audience, std::string(customers));
        QVERIFY(all[2].actor.empty());
        QVERIFY(all[2].text == "So it is.");
    }

    void whatIsNoNewsIsNotTold() {
        JournalBuilder journal;
        journal.opened(0, 40).acknowledge(50);
        update(journal, "", 60);
        update(journal, "friends", 61);
        update(journal, customers, 62);
        auto back = journal.next(EventKind::status_update, 63);
        back.supersedes = 5;
        back.body.retracted = true;
        journal.add(back);
        auto corrected = journal.next(EventKind::opened, 64);
        corrected.supersedes = 1;
        corrected.body = journal.events[0].body;
        journal.add(corrected);
        QCOMPARE(told(journal), std::vector<std::string>{"INC-1/opened/1"});
        JournalBuilder other;
        other.opened(0, 40).state(State::cancelled, 50);
        QCOMPARE(told(other).back(), std::string("INC-1/cancelled/2"));
    }

    /// Whatever is written, what was told before is told the same again: ids are stable, so that the outbox
    /// knows them.
    void aLongerJournalOnlyAddsToWhatWasTold() {
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            JournalBuilder journal;
            journal.opened(0, 40).acknowledge(50);
            std::vector<std::string> before = told(journal);
            for (int second = 60; second < 90; ++second) {
                JournalBuilder next = journal;
                switch (random() % 4) {
                    case 0:
                        severity(next, Severity(1 + random() % 4), second);
                        break;
                    case 1:
                        update(next, audience_names()[random() % 3], second);
                        break;
                    case 2:
                        next.state(State(random() % 9), second);
                        break;
                    default:
                        next.text(EventKind::note, "n", second);
                }
                if (!next.replay()) continue;
                journal = next;
                const auto now = told(journal);
                QVERIFY(now.size() >= before.size() && now.size() <= before.size() + 1);
                QVERIFY(std::equal(before.begin(), before.end(), now.begin()));
                before = now;
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestStatus)
#include "tst_status.moc"
