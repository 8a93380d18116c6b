#include <QTest>

#include "markdown/html.hpp"

using namespace qd::markdown;

namespace {

std::string html(std::string_view text) {
    const auto rendered = to_html(text);
    return rendered ? *rendered : "refused: " + rendered.error().message;
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestHtml : public QObject {
    Q_OBJECT

private slots:
    void rendersWhatPeopleWrite() {
        QCOMPARE(
            html("A **bold** *word* and `code <b>`"),
            std::string("<p>A <strong>bold</strong> <em>word</em> and <code>code &lt;b&gt;</code></p>\n"));
        const std::string table = html("| a | b |\n|---|--:|\n| 1 | ~~2~~ |\n");
        QVERIFY(holds(table, "<th>a</th>") && holds(table, "<td class=\"right\"><del>2</del></td>"));
        QVERIFY(holds(html("- [x] done\n- [ ] open\n"), "<li>\u2611 done</li>"));
        QVERIFY(holds(html("3. c\n4. d\n"), "<ol start=\"3\">"));
        QVERIFY(holds(html("[site](https://example.org/a?b=c&d=e)"),
                      "<a href=\"https://example.org/a?b=c&amp;d=e\" rel=\"noreferrer noopener\">site</a>"));
        QVERIFY(holds(html("https://example.org/x"), "<a href=\"https://example.org/x\""));
    }

    void headingsCanBeLinkedTo() {
        const std::string twice = html("# What happened?\n# What happened?\n");
        QVERIFY(holds(twice, "<h1 id=\"what-happened\">What happened?</h1>"));
        QVERIFY(holds(twice, "<h1 id=\"what-happened-2\">"));
        const auto shifted = to_html("# A", {2, "sec-"});
        QCOMPARE(*shifted, std::string("<h3 id=\"sec-a\">A</h3>\n"));
        const auto headings = outline("# A\n\ntext\n\n## B `c`\n\n# A\n");
        QCOMPARE(headings->size(), std::size_t(3));
        QCOMPARE((*headings)[1], (Heading{2, "B c", "b-c", 5}));
        QCOMPARE((*headings)[2].anchor, std::string("a-2"));
    }

    void rawHtmlIsText() {
        const std::string block = html("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n");
        QVERIFY(!holds(block, "<script") && !holds(block, "<img"));
        QVERIFY(holds(block, "&lt;script&gt;"));
        QVERIFY(!holds(html("a <b onclick='x'>b</b>"), "<b"));
    }

    void linksLeadOnlyWhereTheyMay_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("safe");
        const struct {
            const char* url;
            bool safe;
        } rows[] = {{"https://example.org", true},
                    {"HTTP://example.org", true},
                    {"mailto:a@example.org", true},
                    {"#timeline", true},
                    {"javascript:alert(1)", false},
                    {"JaVaScRiPt:alert(1)", false},
                    {"&#106;avascript:alert(1)", false},
                    {"&#x6A;avascript&colon;alert(1)", false},
                    {"data:text/html;base64,PHNjcmlwdD4=", false},
                    {"vbscript:x", false},
                    {"file:///etc/passwd", false},
                    {"//example.org", false},
                    {"relative", false},
                    {"", false}};
        for (const auto& row : rows) QTest::addRow("%s", row.url) << QString(row.url) << row.safe;
    }
    void linksLeadOnlyWhereTheyMay() {
        QFETCH(QString, url);
        QFETCH(bool, safe);
        const std::string rendered = html("[text](<" + url.toStdString() + ">)");
        QCOMPARE(holds(rendered, "<a "), safe);
        QVERIFY(holds(rendered, "text"));
    }

    void nothingRemoteIsLoaded() {
        const std::string image =
            html("![a chart](https://example.org/x.png \"t\") ![b](data:image/png;base64,AA)");
        QVERIFY(!holds(image, "src=") && !holds(image, "<img"));
        QVERIFY(holds(image, "[image: a chart]"));
        QVERIFY(holds(html("![[x](https://example.org)](y)"), "[image: x]"));
    }

    void limitsAreKept() {
        QVERIFY(!to_html(std::string(max_bytes + 1, 'a')));
        const auto deep = to_html(std::string(500, '>') + " a");
        QVERIFY(!deep && deep.error().code == qd::core::Errc::too_large);
        QVERIFY(to_html(std::string(40, '>') + " a"));
    }

    void proseIsReadWithItsLines() {
        const auto blocks = read_blocks(
            "# T\n\nfirst\nparagraph\n\n- one `x = y`\n  - two\n\n| a | b |\n|---|---|\n| c | `d` "
            "|\n\n```\ncode\n```\n");
        QVERIFY(blocks);
        const std::vector<TextBlock>& all = *blocks;
        QCOMPARE(all[0].kind, BlockKind::heading);
        QCOMPARE(all[1].text, std::string("first paragraph"));
        QCOMPARE(all[1].line, std::size_t(3));
        QCOMPARE(all[2].text, std::string("one \u2026"));
        QCOMPARE(all[3].level, 2);
        QCOMPARE(all[3].line, std::size_t(7));
        QVERIFY(all[4].head && all[4].cells.size() == 2);
        QCOMPARE(all[5].cells, (std::vector<std::string>{"c", "d"}));
        QCOMPARE(all[5].line, std::size_t(11));
    }
};

QTEST_GUILESS_MAIN(TestHtml)
#include "tst_html.moc"
