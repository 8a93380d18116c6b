#include <QTest>
#include <QXmlStreamReader>

#include "backend/postmortems/story.hpp"
#include "core/json_fields.hpp"
#include "postmortems/export.hpp"
#include "postmortems/figures_codec.hpp"

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

test::Story hostile() {
    test::Story story = test::bad_canary_story();
    story.incident.title = "# <img src=x onerror=alert(1)> | `x` **y**";
    story.document.timeline[0].text =
        "- item\n## heading\n\n| a | b | </table><script>alert(1)</script> &amp;";
    story.document.marks.push_back({at_second(10), "</svg><script>"});
    return story;
}

}  // namespace

class TestExport : public QObject {
    Q_OBJECT

private slots:
    void messagesAreTheStatusUpdates() {
        const test::Story story = test::bad_canary_story(2);
        const std::string text = to_markdown(story.material());
        const auto at = text.find("## Messages");
        QVERIFY(at != std::string::npos);
        QVERIFY(text.find("We take v2 back", at) != std::string::npos);
    }
    void markdownHasTheFiveSections() {
        const std::string text = to_markdown(test::bad_canary_story().material());
        std::size_t at = 0;
        for (const char* section : {"# Post-mortem INC-1", "## Summary", "## Timeline", "## Root Cause",
                                    "## Action Items", "## Lessons Learned", "## Before it is shared"}) {
            const auto found = text.find(section, at);
            QVERIFY2(found != std::string::npos, section);
            at = found;
        }
        QVERIFY(text.find("MTTD, time to detect | 20.0 s | detected_at - started_at") != std::string::npos);
        QVERIFY(text.find("Blameless") != std::string::npos);
        QVERIFY(text.find("\n\n\n") == std::string::npos);
        QVERIFY(text.find("To be written by a person") != std::string::npos);
    }

    void theSameDocumentGivesTheSameText() {
        QCOMPARE(to_markdown(test::bad_canary_story().material()),
                 to_markdown(test::bad_canary_story().material()));
        QCOMPARE(to_json_text(test::bad_canary_story().material()),
                 to_json_text(test::bad_canary_story().material()));
        QCOMPARE(to_html(test::bad_canary_story().material()), to_html(test::bad_canary_story().material()));
    }

    void peoplesTextStandsAroundTheJournals() {
        auto story = test::bad_canary_story();
        story.write("summary", "We took **v2** back; see {{incident}}.\n\n{{impact}}\n\n{{charts}}\n");
        const std::string before = to_markdown(story.material());
        QVERIFY(before.find("We took **v2** back; see INC-1.") != std::string::npos);
        QVERIFY(before.find("100 of 5000 events were bad") != std::string::npos);
        // A change in the journal shows in the document, and leaves the person's words alone.
        story.document.impact[0].text = "120 of 5000 events were bad.";
        const std::string after = to_markdown(story.material());
        QVERIFY(after.find("120 of 5000") != std::string::npos);
        QVERIFY(after.find("We took **v2** back") != std::string::npos);
        const std::string html = to_html(story.material());
        QVERIFY(html.find("We took <strong>v2</strong> back") != std::string::npos);
        QCOMPARE(well_formed(html), QString());
        QVERIFY(html.find("<svg") != std::string::npos);
        QVERIFY(to_json_text(story.material()).find("\"We took **v2** back") != std::string::npos);
    }

    void everyTemplateGivesTheSameBytesTwice() {
        for (std::size_t form = 0; form < builtin_templates().size(); ++form) {
            const auto once = test::bad_canary_story(form), twice = test::bad_canary_story(form);
            QCOMPARE(to_markdown(once.material()), to_markdown(twice.material()));
            QCOMPARE(to_html(once.material()), to_html(twice.material()));
            QCOMPARE(to_json_text(once.material()), to_json_text(twice.material()));
            QCOMPARE(well_formed(to_html(once.material())), QString());
            QVERIFY(to_markdown(once.material()).find("{{") == std::string::npos);
        }
    }

    void peoplesTextCarriesNothingActive() {
        auto story = test::bad_canary_story();
        story.write("summary",
                    "<script>alert(1)</script> ![x](https://example.org/x.png) [y](javascript:alert(1))\n\n"
                    "<img src=x onerror=alert(1)>\n\n{{detached roles 3}}\n<svg onload=alert(1)>\n");
        const std::string html = to_html(story.material());
        for (const char* active : {"<script", "<img", "href=\"javascript", "<svg onload"})
            QVERIFY2(html.find(active) == std::string::npos, active);
        QCOMPARE(well_formed(html), QString());
    }

    void whatWasMeasuredOutlivesTheCounters() {
        Figures kept = test::figures();
        const auto read = decode_figures(encode_figures(kept));
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(read->objectives[0].series == kept.objectives[0].series);
        Figures forgotten = kept;
        forgotten.objectives[0].series.points.clear();
        forgotten.objectives[0].good = forgotten.objectives[0].total = 0;
        add_kept(forgotten, *read);
        QCOMPARE(forgotten.objectives[0].total, 5'000.0);
        QVERIFY(!forgotten.objectives[0].series.points.empty());
        // What is still measured, over a span that was corrected since, counts.
        Figures live = kept;
        live.measured_to = at_second(50);
        live.objectives[0].total = 2'500;
        add_kept(live, *read);
        QCOMPARE(live.objectives[0].total, 2'500.0);
        Figures none;
        add_kept(none, *read);
        QCOMPARE(none.objectives.size(), std::size_t(1));
    }

    void nothingFromOutsideBecomesMarkup() {
        const std::string markdown = to_markdown(hostile().material());
        QVERIFY(markdown.find("\n## heading") == std::string::npos);
        for (const char* tag : {"<script", "<img", "</table"})
            for (std::size_t at = markdown.find(tag); at != std::string::npos;
                 at = markdown.find(tag, at + 1))
                QCOMPARE(markdown[at - 1], '\\');
        // Each row of the timeline keeps its five cells.
        QVERIFY(markdown.find("\\| a \\| b \\|") != std::string::npos);
        const std::string html = to_html(hostile().material());
        QVERIFY(html.find("<script") == std::string::npos);
        QVERIFY(html.find("<img") == std::string::npos);
        QCOMPARE(well_formed(html), QString());
    }

    void htmlStandsAlone() {
        const std::string html = to_html(test::bad_canary_story().material());
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
        const auto value = core::parse_json(to_json_text(test::bad_canary_story().material()));
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
