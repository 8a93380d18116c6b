// Markdown under the fingers: what is told apart, and what the keys do to the text.

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTextBlock>
#include <QTextLayout>
#include <QtTest>

#include "widgets/text/markdown_editor.hpp"
#include "widgets/text/markdown_spans.hpp"
#include "widgets/theme/theme.hpp"

using namespace qd::widgets;
using Kind = MarkdownSpan::Kind;

namespace {

QVector<MarkdownSpan> read(const QString& line) {
    MarkdownFence fence = MarkdownFence::Outside;
    return markdownSpans(line, fence);
}

void select(MarkdownEditor& editor, int from, int to) {
    QTextCursor cursor(editor.document());
    cursor.setPosition(from);
    cursor.setPosition(to, QTextCursor::KeepAnchor);
    editor.setTextCursor(cursor);
}

}  // namespace

class TestText : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::apply(*qApp, Mode::Dark); }

    void marks_are_found_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("marked");
        const auto row = [](const char* line, Kind kind, const char* marked) {
            QTest::newRow(line) << QString::fromUtf8(line) << int(kind) << QString::fromUtf8(marked);
        };
        row("## Impact", Kind::Heading, "## Impact");
        row("was **not** seen", Kind::Strong, "**not**");
        row("was *hardly* seen", Kind::Emphasis, "*hardly*");
        row("run `opsd verify` now", Kind::Code, "`opsd verify`");
        row("``a ` b``", Kind::Code, "``a ` b``");
        row("see [event 12](event:12).", Kind::Link, "[event 12](event:12)");
        row("at https://a.example/x?y, then", Kind::Link, "https://a.example/x?y,");
        row("> said so", Kind::Quote, ">");
        row("  - [x] done", Kind::ListMark, "- [x]");
        row("12. twelfth", Kind::ListMark, "12.");
        row("{{summary}} follows", Kind::Placeholder, "{{summary}}");
        row("<!-- why --> text", Kind::Comment, "<!-- why -->");
    }
    void marks_are_found() {
        QFETCH(QString, line);
        QFETCH(int, kind);
        QFETCH(QString, marked);
        const auto spans = read(line);
        const auto found = std::find_if(spans.begin(), spans.end(),
                                        [&](const MarkdownSpan& span) { return int(span.kind) == kind; });
        QVERIFY(found != spans.end());
        QCOMPARE(line.mid(found->start, found->length), marked);
    }
    void what_only_looks_like_a_mark_stays_plain() {
        for (const char* line : {"2 * 3 * 4", "snake_case_name", "#hashtag", "\\*not\\*", "a | b", "**open",
                                 "[no](link", "`open"})
            QVERIFY2(read(QString::fromUtf8(line)).isEmpty(), line);
    }
    void a_fence_reaches_to_its_own_end() {
        MarkdownFence fence = MarkdownFence::Outside;
        markdownSpans(u"```yaml", fence);
        QCOMPARE(fence, MarkdownFence::Backticks);
        QCOMPARE(markdownSpans(u"# not a heading", fence).front().kind, Kind::Code);
        markdownSpans(u"~~~", fence);
        QCOMPARE(fence, MarkdownFence::Backticks);
        markdownSpans(u"```", fence);
        QCOMPARE(fence, MarkdownFence::Outside);
    }
    void whatever_is_typed_spans_stay_in_the_line_and_apart() {
        static const QString alphabet = QStringLiteral("**__``[]()!{}<>-#|> ~h\\a1.https://é\t");
        QRandomGenerator random(20261125);
        for (int round = 0; round < 20'000; ++round) {
            QString line;
            for (int i = 0, n = int(random.bounded(40)); i < n; ++i)
                line += alphabet[random.bounded(int(alphabet.size()))];
            int end = 0;
            for (const MarkdownSpan& span : read(line)) {
                QVERIFY2(span.length > 0 && span.start >= end, qPrintable(line));
                end = span.start + span.length;
                QVERIFY2(end <= line.size(), qPrintable(line));
            }
        }
    }
    void the_editor_shows_marks_and_follows_the_theme() {
        MarkdownEditor editor;
        editor.setPlainText("# One\nplain");
        const auto formats = [&] { return editor.document()->begin().layout()->formats(); };
        QTRY_COMPARE(formats().size(), 1);
        QCOMPARE(formats().front().format.fontWeight(), int(QFont::DemiBold));
        QCOMPARE(formats().front().format.foreground().color(), color(Token::Accent));
        QVERIFY(editor.document()->lastBlock().layout()->formats().isEmpty());
        Theme::apply(*qApp, Mode::Light);
        QTRY_COMPARE(formats().front().format.foreground().color(), color(Token::Accent));
        Theme::apply(*qApp, Mode::Dark);
    }
    void bold_goes_on_and_off_again_and_is_one_undo() {
        MarkdownEditor editor;
        editor.setPlainText("the gateway failed");
        select(editor, 4, 11);
        editor.toggleBold();
        QCOMPARE(editor.toPlainText(), QStringLiteral("the **gateway** failed"));
        editor.undo();
        QCOMPARE(editor.toPlainText(), QStringLiteral("the gateway failed"));
        editor.redo();
        select(editor, 6, 13);
        editor.toggleBold();
        QCOMPARE(editor.toPlainText(), QStringLiteral("the gateway failed"));
    }
    void lines_become_a_list_and_lines_again() {
        MarkdownEditor editor;
        editor.setPlainText("one\ntwo");
        editor.selectAll();
        editor.toggleList();
        QCOMPARE(editor.toPlainText(), QStringLiteral("- one\n- two"));
        editor.selectAll();
        editor.toggleList();
        QCOMPARE(editor.toPlainText(), QStringLiteral("one\ntwo"));
    }
    void enter_goes_on_with_the_list_and_ends_it_on_an_empty_item() {
        MarkdownEditor editor;
        editor.setPlainText("9. nine");
        editor.moveCursor(QTextCursor::End);
        QTest::keyClick(&editor, Qt::Key_Return);
        QCOMPARE(editor.toPlainText(), QStringLiteral("9. nine\n10. "));
        QTest::keyClick(&editor, Qt::Key_Return);
        QCOMPARE(editor.toPlainText(), QStringLiteral("9. nine\n"));
    }
    void a_link_waits_for_its_address() {
        MarkdownEditor editor;
        editor.setPlainText("the dashboard");
        select(editor, 4, 13);
        editor.insertLink();
        QCOMPARE(editor.toPlainText(), QStringLiteral("the [dashboard](https://)"));
        QCOMPARE(editor.textCursor().selectedText(), QStringLiteral("https://"));
        editor.setPlainText({});
        editor.insertLink("event:12");
        QTest::keyClicks(&editor, "the alert");
        QCOMPARE(editor.toPlainText(), QStringLiteral("[the alert](event:12)"));
    }
    void replacing_keeps_the_line_and_can_be_undone() {
        MarkdownEditor editor;
        editor.setPlainText("a\nb\nc");
        editor.moveCursor(QTextCursor::End);
        editor.replaceAll("a\nb2\nc");
        QCOMPARE(editor.textCursor().blockNumber(), 2);
        editor.undo();
        QCOMPARE(editor.toPlainText(), QStringLiteral("a\nb\nc"));
    }
    void it_grows_with_its_text() {
        MarkdownEditor editor;
        editor.setLeastLines(3);
        editor.resize(400, editor.sizeHint().height());
        editor.show();
        const int before = editor.sizeHint().height();
        editor.setPlainText(QString("line\n").repeated(20));
        QTRY_VERIFY(editor.sizeHint().height() > before + 10 * editor.fontMetrics().lineSpacing());
    }
};

QTEST_MAIN(TestText)
#include "tst_text.moc"
