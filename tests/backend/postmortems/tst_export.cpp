#include <QTest>
#include <QXmlStreamReader>

#include "backend/postmortems/story.hpp"
#include "core/json_fields.hpp"
#include "postmortems/export.hpp"

using namespace qd;
using namespace qd::postmortems;
using test::at_second;

namespace {

/// Every element closes, as XML would have it (the doctype and the two void elements aside).
QString well_formed(std::string html) {
    for (const char* void_element :
         {"<!DOCTYPE html>\n", "<meta charset=\"utf-8\">\n",
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"}) {
        const auto at = html.find(void_element);
        if (at != std::string::npos) html.erase(at, std::string_view(void_element).size());
    }
    QXmlStreamReader reader(QByteArray::fromStdString(html));
    while (!reader.atEnd()) reader.readNext();
    return reader.hasError() ? reader.errorString() : QString();
}

Document hostile() {
    Document document = test::bad_canary_document();
    document.title = "# <img src=x onerror=alert(1)> | `x` **y**";
    document.timeline[0].text = "- item\n## heading\n\n| a | b | </table><script>alert(1)</script> &amp;";
    document.marks.push_back({at_second(10), "</svg><script>"});
    return document;
}

}  // namespace

class TestExport : public QObject {
    Q_OBJECT

private slots:
    void markdownHasTheFiveSections() {
        const std::string text = to_markdown(test::bad_canary_document());
        std::size_t at = 0;
        for (const char* section : {"# Post-mortem INC-1", "## Summary", "## Timeline", "## Root Cause",
                                    "## Action Items", "## Lessons Learned", "## Before it is shared"}) {
            const auto found = text.find(section, at);
            QVERIFY2(found != std::string::npos, section);
            at = found;
        }
        QVERIFY(text.find("MTTD, time to detect | 20.0 s | detected_at - started_at") != std::string::npos);
        QVERIFY(text.find("Blameless") != std::string::npos);
        QVERIFY(text.find("To be written by a person") != std::string::npos);
    }

    void theSameDocumentGivesTheSameText() {
        QCOMPARE(to_markdown(test::bad_canary_document()), to_markdown(test::bad_canary_document()));
        QCOMPARE(to_json_text(test::bad_canary_document()), to_json_text(test::bad_canary_document()));
        QCOMPARE(to_html(test::bad_canary_document()), to_html(test::bad_canary_document()));
    }

    void nothingFromOutsideBecomesMarkup() {
        const std::string markdown = to_markdown(hostile());
        QVERIFY(markdown.find("\n## heading") == std::string::npos);
        for (const char* tag : {"<script", "<img", "</table"})
            for (std::size_t at = markdown.find(tag); at != std::string::npos;
                 at = markdown.find(tag, at + 1))
                QCOMPARE(markdown[at - 1], '\\');
        // Each row of the timeline keeps its five cells.
        QVERIFY(markdown.find("\\| a \\| b \\|") != std::string::npos);
        const std::string html = to_html(hostile());
        QVERIFY(html.find("<script") == std::string::npos);
        QVERIFY(html.find("<img") == std::string::npos);
        QCOMPARE(well_formed(html), QString());
    }

    void htmlStandsAlone() {
        const std::string html = to_html(test::bad_canary_document());
        QCOMPARE(well_formed(html), QString());
        for (const char* outside : {"http://", "https://", "src=", "<link", "@import", "url("})
            QVERIFY2(html.find(outside) == std::string::npos, outside);
        QVERIFY(html.find("<svg") != std::string::npos);
    }

    void theChartBreaksAtGapsAndShowsTheMarks() {
        const auto document = test::bad_canary_document();
        const std::string svg = chart_svg(document.costs[0].series, document.marks);
        QCOMPARE(well_formed(svg), QString());
        QCOMPARE(QByteArray::fromStdString(svg).count("<polyline"), 2);
        QVERIFY(svg.find(">detected</text>") != std::string::npos);
        QVERIFY(svg.find(">RO-1 abort</text>") != std::string::npos);
        QVERIFY(svg.find("nan") == std::string::npos && svg.find("inf") == std::string::npos);
        QVERIFY(chart_svg({}, {}).empty());
        Series flat{"x", 1, 1, {{at_second(0), 5, 5}, {at_second(0), 5, 5}, {at_second(1), 0, 0}}};
        QCOMPARE(well_formed(chart_svg(flat, {})), QString());
    }

    void jsonCarriesEverything() {
        const auto value = core::parse_json(to_json_text(test::bad_canary_document()));
        QVERIFY(value);
        QCOMPARE((*value)["schema"].get<int>(), 1);
        QCOMPARE((*value)["measures"].size(), std::size_t(4));
        QCOMPARE((*value)["timeline"].size(), std::size_t(11));
        QVERIFY((*value)["objectives"][0]["points"].size() > 100);
        QVERIFY(!(*value)["findings"].empty());
    }
};

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
