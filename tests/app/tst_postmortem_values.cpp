// What is written in a post-mortem: sections taken apart and put together, texts of two hands, and tables.

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QTest>
#include <atomic>
#include <thread>

#include "app/adapters/draft_book.hpp"
#include "app/adapters/draft_document.hpp"
#include "app/adapters/postmortem_pdf.hpp"
#include "app/models/action_models.hpp"
#include "app/models/postmortem_models.hpp"
#include "app/models/section_parts.hpp"
#include "app/pages/postmortems/block_card.hpp"
#include "widgets/tables/delegates.hpp"

using namespace qd;
using namespace qd::app;
using Kind = SectionPart::Kind;

namespace {

postmortems::Draft draftOf(std::initializer_list<std::pair<std::string, std::uint64_t>> texts) {
    postmortems::Draft draft;
    draft.incident = incidents::IncidentId("inc-1");
    int number = 0;
    for (const auto& [text, seq] : texts) {
        postmortems::Section section;
        section.id = "s" + std::to_string(++number);
        section.title = "Section " + std::to_string(number);
        section.current.text = text;
        section.current.seq = seq;
        section.current.author = "ada";
        draft.sections.push_back(section);
    }
    return draft;
}

DraftBook bookOf(const postmortems::Draft& draft) {
    DraftBook book;
    book.open({});
    book.take(draft);
    return book;
}

core::WallTime at(const char* text) {
    return core::parse_rfc3339(text).value();
}

}  // namespace

class TestPostmortemValues : public QObject {
    Q_OBJECT

private slots:
    void a_section_is_taken_apart_and_put_together() {
        const QString text =
            "Before\n{{impact}}\nAt {{started_at}}.\n"
            "{{detached timeline 12 0123456789abcdef}}\nby hand\n{{end}}";
        const auto parts = splitSection(text);
        QCOMPARE(parts.size(), std::size_t(4));
        QCOMPARE(parts[1].kind, Kind::Block);
        QCOMPARE(parts[1].name, QStringLiteral("impact"));
        QCOMPARE(parts[2].text, QStringLiteral("At {{started_at}}."));
        QCOMPARE(parts[3].kind, Kind::Detached);
        QCOMPARE(parts[3].takenAt, quint64(12));
        QCOMPARE(parts[3].text, QStringLiteral("by hand"));
        QCOMPARE(joinParts(parts), text);
    }
    void whatever_the_text_nothing_of_it_is_lost() {
        static const QStringList lines{"",
                                       "text",
                                       "{{timeline}}",
                                       "{{other}}",
                                       "{{end}}",
                                       "a {{impact}}",
                                       "{{detached impact 3 00ff}}\nby hand\n{{end}}",
                                       "```\n{{impact}}\n```",
                                       "{{detached x}}"};
        QRandomGenerator random(4);
        for (int round = 0; round < 20'000; ++round) {
            QStringList chosen;
            for (int i = 0, n = int(random.bounded(9)); i < n; ++i)
                chosen << lines[random.bounded(int(lines.size()))];
            const QString text = chosen.join('\n');
            const auto parts = splitSection(text);
            QCOMPARE(joinParts(parts), text);
            QCOMPARE(joinParts(withRoom(parts)), text);
        }
    }
    void odd_marks_are_put_right_and_stay_so() {
        for (const char* odd :
             {"  {{ impact }} ", "{{detached impact 3}}\nopen end", "{{detached impact 3 }}"}) {
            const QString once = joinParts(splitSection(QString::fromLatin1(odd)));
            QCOMPARE(joinParts(splitSection(once)), once);
        }
        QCOMPARE(joinParts(splitSection("{{detached impact 3}}\nopen end")),
                 QStringLiteral("{{detached impact 3}}\nopen end\n{{end}}"));
    }
    void there_is_room_to_write_around_every_block() {
        const auto parts = withRoom(splitSection("{{impact}}\n{{timeline}}"));
        QCOMPARE(parts.size(), std::size_t(5));
        for (std::size_t i : {0, 2, 4}) QVERIFY(parts[i].kind == Kind::Text && parts[i].room);
    }
    void linking_again_tells_the_lines_that_go() {
        QCOMPARE(linesOnlyIn("same\nmine\nsame\n", "same\ntheirs"), QStringList({"mine", "same"}));
        QVERIFY(linesOnlyIn("a\n\nb", "b\na").isEmpty());
    }
    void mentions_of_events_become_links() {
        QCOMPARE(withEventLinks("by event 12; events 3, 7 too"),
                 QStringLiteral("by event [12](event:12); events [3](event:3), [7](event:7) too"));
        QCOMPARE(withEventLinks("eventful 12"), QStringLiteral("eventful 12"));
    }

    void one_text_at_a_time_is_sent_with_what_it_was_made_from() {
        DraftBook book = bookOf(draftOf({{"one", 3}, {"two", 5}}));
        QVERIFY(!book.begin());
        book.edit("s1", "one!");
        book.edit("s2", "two!");
        const auto first = book.begin();
        QVERIFY(first);
        QCOMPARE(first->section, std::string("s1"));
        QCOMPARE(first->text, std::string("one!"));
        QCOMPARE(first->based_on, std::uint64_t(3));
        QVERIFY(!book.begin());
        book.answered();
        book.take(draftOf({{"one!", 8}, {"two", 5}}));
        QVERIFY(!book.entry("s1"));
        QCOMPARE(book.begin()->section, std::string("s2"));
    }
    void typing_on_while_it_is_saved_is_no_conflict() {
        DraftBook book = bookOf(draftOf({{"one", 3}}));
        book.edit("s1", "one two");
        (void)book.begin();
        book.edit("s1", "one two three");
        book.answered();
        book.take(draftOf({{"one two", 4}}));
        QVERIFY(book.entry("s1") && !book.entry("s1")->behind);
        QCOMPARE(book.begin()->based_on, std::uint64_t(4));
    }
    void another_hand_is_never_written_over() {
        DraftBook book = bookOf(draftOf({{"one", 3}}));
        book.edit("s1", "mine");
        book.take(draftOf({{"theirs", 4}}));
        QCOMPARE(book.text("s1"), QStringLiteral("mine"));
        QCOMPARE(book.firstBehind(), std::string("s1"));
        QVERIFY(!book.begin());  // until a person has chosen
        book.settle("s1", "mine and theirs");
        const auto request = book.begin();
        QCOMPARE(request->based_on, std::uint64_t(4));
        QVERIFY(!request->autosave);
        book.answered();
        book.take(draftOf({{"mine and theirs", 5}}));
        QVERIFY(!book.isUnsaved());
    }
    void a_text_that_was_kept_beside_is_settled_by_its_number() {
        auto draft = draftOf({{"theirs", 4}});
        DraftBook book = bookOf(draftOf({{"one", 3}}));
        book.edit("s1", "mine");
        (void)book.begin();
        book.answered();
        postmortems::SectionVersion kept;
        kept.seq = 5;
        kept.text = "mine";
        draft.sections[0].conflicts.push_back(kept);
        book.take(draft);
        QVERIFY(book.entry("s1")->behind);
        book.takeTheirs("s1");
        const auto request = book.begin();
        QCOMPARE(request->text, std::string("theirs"));
        QCOMPARE(request->settles, std::vector<std::uint64_t>{5});
        book.answered();
        draft.sections[0].conflicts.clear();
        draft.sections[0].current.seq = 6;
        book.take(draft);
        QVERIFY(!book.isUnsaved());
    }
    void what_did_not_arrive_is_offered_again() {
        DraftBook book = bookOf(draftOf({{"one", 3}}));
        book.edit("s1", "mine");
        (void)book.begin();
        book.failed();
        QCOMPARE(book.begin()->text, std::string("mine"));
    }
    void nothing_is_sent_after_the_review_is_over() {
        auto draft = draftOf({{"one", 3}});
        DraftBook book = bookOf(draft);
        book.edit("s1", "mine");
        draft.state = postmortems::ReviewState::published;
        book.take(draft);
        QVERIFY(!book.begin());
        QVERIFY(book.isUnsaved());
    }
    void kept_texts_come_back_and_know_whether_they_are_late() {
        DraftBook book = bookOf(draftOf({{"one", 3}, {"two", 1}}));
        book.edit("s1", "mine – é\n\"quoted\"");
        book.edit("s2", "too");
        const auto kept = decodeKept(encodeKept("inc-1", book.entries()));
        QVERIFY(kept);
        DraftBook again;
        again.open(*kept);
        again.take(draftOf({{"one", 3}, {"theirs", 9}}));
        QCOMPARE(again.text("s1"), QStringLiteral("mine – é\n\"quoted\""));
        QVERIFY(!again.entry("s1")->behind);
        QVERIFY(again.entry("s2")->behind);
        for (const char* broken : {"", "{}", "[1]", R"({"sections":{"a":{"text":1,"based_on":1}}})",
                                   R"({"sections":{"a":{"text":"x","based_on":-1}}})"})
            QCOMPARE(decodeKept(broken).error().code, core::Errc::corrupt);
    }

    void due_dates_are_told_in_words_and_shape() {
        const auto now = at("2026-11-25T12:00:00Z");
        QCOMPARE(dueWord(at("2026-11-23T12:00:00Z"), false, now).text, QStringLiteral("overdue 2 d"));
        QCOMPARE(dueWord(at("2026-11-23T12:00:00Z"), false, now).state, widgets::State::Bad);
        QCOMPARE(dueWord(at("2026-11-25T15:00:00Z"), false, now).state, widgets::State::Warn);
        QVERIFY(dueWord(at("2026-11-23T12:00:00Z"), true, now).state != widgets::State::Bad);
        postmortems::Action item;
        item.due = "2026-11-24";
        QCOMPARE(dueWord(item, now).text, QStringLiteral("overdue 1 d"));
        item.due = "2026-11-25";
        QCOMPARE(dueWord(item, now).text, QStringLiteral("2026-11-25"));
        item.due = "2026-11-01";
        item.state = postmortems::ActionState::done;
        QVERIFY(dueWord(item, now).state != widgets::State::Bad);
    }
    void tables_keep_their_promises() {
        const auto now = at("2026-11-25T12:00:00Z");
        PostmortemModel list;
        const QAbstractItemModelTester listTester(&list);
        postmortems::Listing listing;
        listing.incident = incidents::IncidentId("inc-1");
        listing.title = "Playback fails";
        listing.due.at = at("2026-11-20T12:00:00Z");
        listing.findings = 3;
        listing.blocking = 1;
        postmortems::Listing other = listing;
        other.incident = incidents::IncidentId("inc-2");
        list.show({listing, other}, now);
        list.show({other, listing}, now);
        QVERIFY(list.index(1, PostmortemModel::Incident)
                    .data(widgets::SubRole)
                    .toString()
                    .endsWith("3 findings, 1 must go"));
        QVERIFY(list.index(1, PostmortemModel::Due).data().toString().startsWith("overdue"));
        list.show({listing}, now);

        ActionItemModel items;
        const QAbstractItemModelTester itemTester(&items);
        postmortems::Action item;
        item.id = "AI-7";
        item.text = "Add an alert";
        items.show({item}, now);
        QCOMPARE(items.index(0, ActionItemModel::Owner).data().toString(), QStringLiteral("nobody yet"));

        FindingModel findings;
        const QAbstractItemModelTester findingTester(&findings);
        postmortems::Finding look, must;
        look.problem = "look";
        must.problem = "must";
        must.blocking = true;
        findings.show({look, must});
        QCOMPARE(findings.index(0, FindingModel::Problem).data().toString(), QStringLiteral("must"));
        QCOMPARE(findings.index(0, FindingModel::Weight).data().toString(), QStringLiteral("Must go"));

        CommentModel comments;
        const QAbstractItemModelTester commentTester(&comments);
        postmortems::Comment done, open;
        done.id = 1;
        done.resolved = true;
        open.id = 2;
        comments.show({done, open});
        QCOMPARE(comments.row(0)->id, std::uint64_t(2));

        ReviewerModel reviewers;
        const QAbstractItemModelTester reviewerTester(&reviewers);
        postmortems::Reviewer reviewer;
        reviewer.person = "ada";
        reviewer.verdict = postmortems::Verdict::approved;
        reviewer.outdated = true;
        reviewers.update({reviewer});
        QCOMPARE(reviewers.index(0, 0).data().toString(), QStringLiteral("Approved (older text)"));

        ProposalModel proposals;
        const QAbstractItemModelTester proposalTester(&proposals);
        postmortems::Proposal proposal;
        proposal.key = "k";
        proposal.item.evidence.events = {3, 7};
        proposals.update({proposal});
        QCOMPARE(proposals.index(0, ProposalModel::Evidence).data().toString(),
                 QStringLiteral("events 3, 7"));

        HistoryModel history;
        const QAbstractItemModelTester historyTester(&history);
        postmortems::HistoryEntry entry;
        entry.first = 1;
        entry.saves = 4;
        entry.what = "Summary";
        history.update({entry});
        QCOMPARE(history.index(0, HistoryModel::What).data().toString(), QStringLiteral("Summary (4 saves)"));
    }

    void the_same_document_is_the_same_pdf() {
        const QString html =
            "<title>T</title><h1>Post-mortem</h1><p>text <b>bold</b> <i>slanted</i> <code>code</code></p>"
            "<svg viewBox=\"0 0 100 50\"><line class=\"grid\" x1=\"0\" y1=\"9\" x2=\"90\" y2=\"9\"/>"
            "<text x=\"1\" y=\"20\">99 %</text></svg>";
        const auto one = pdfOf(html);
        QVERIFY(one);
        QVERIFY(one->startsWith("%PDF-1.4"));
        QVERIFY(!one->contains("/CreationDate"));
        QTest::qWait(1'100);  // into another second
        QCOMPARE(pdfOf(html).value(), *one);
        QVERIFY(pdfOf(html + "<p>more</p>").value() != *one);
        // Every offset of the table still leads to its object.
        const qsizetype table =
            one->mid(one->lastIndexOf("startxref\n") + 10, 12).split('\n')[0].toLongLong();
        QVERIFY(one->mid(table).startsWith("xref\n0 "));
        const QList<QByteArray> lines = one->mid(table).split('\n');
        for (int i = 1; i < lines[1].mid(2).toInt(); ++i) {
            const qsizetype offset = lines[1 + i + 1].left(10).toLongLong();
            QVERIFY(one->mid(offset).startsWith(QByteArray::number(i) + " 0 obj"));
        }
    }
    void a_pdf_made_by_a_pool_says_nothing() {
        static std::atomic<int> said;
        said = 0;
        const auto before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString& text) {
                ++said;
                std::fprintf(stderr, "%s\n", qPrintable(text));
            });
        std::thread([] {
            (void)pdfOf("<h1>Post-mortem</h1><p>text</p>" + QString("<p>more</p>").repeated(200));
        }).join();
        qInstallMessageHandler(before);
        QCOMPARE(said.load(), 0);
    }
    void a_pdf_of_another_make_is_left_alone() {
        for (const QByteArray other : {"", "%PDF-1.7\n/CreationDate (D:2026)\n", "xref\n0 1\nstartxref\n0\n"})
            QCOMPARE(withoutCreationDate(other), other);
    }
};

QTEST_MAIN(TestPostmortemValues)
#include "tst_postmortem_values.moc"
