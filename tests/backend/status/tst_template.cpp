#include "status/template.hpp"

#include <QtTest>

#include "status/audience.hpp"
#include "status/draft.hpp"
#include "status/settings.hpp"

using namespace qd;
using namespace qd::status;

namespace {

constexpr std::array<std::string_view, 2> known{"title", "state"};

std::string filled(std::string_view text, const Values& values = {{"title", "T"}, {"state", "S"}}) {
    const auto made = Template::parse(text, known);
    if (!made) return "error: " + made.error().message;
    return made->fill(values).value_or("too long");
}

core::Result<Settings> read(const std::string& text) {
    auto reader = core::ConfigReader::parse(text, "x");
    if (!reader) return core::Failure(reader.error());
    auto settings = read_settings(*reader);
    if (auto done = reader->finish(); !done) return core::Failure(done.error());
    return settings;
}

}  // namespace

class TestTemplate : public QObject {
    Q_OBJECT

private slots:
    void placeholdersAreFilled() {
        QCOMPARE(filled("{{title}}"), std::string("T"));
        QCOMPARE(filled("a {{ title }}{{state}}\n{{title}} b"), std::string("a TS\nT b"));
        QCOMPARE(filled("no } { }} single"), std::string("no } { }} single"));
        QCOMPARE(filled("{{title}} {% if x %} $(rm) `ls` <script>"),
                 std::string("T {% if x %} $(rm) `ls` <script>"));
    }

    void whatIsPutInIsNotLookedAtAgain() {
        QCOMPARE(filled("{{title}}", {{"title", "{{state}}"}, {"state", "S"}}), std::string("{{state}}"));
    }

    void mistakesAreNamedWithTheirLine() {
        QVERIFY(filled("a\n{{owner}}")
                    .find("line 2: there is no placeholder '{{owner}}'; there are title, state") !=
                std::string::npos);
        QVERIFY(filled("{{title\n}}").find("line 1: '{{' without '}}'") != std::string::npos);
        QVERIFY(filled("x\n\n{{title").find("line 3:") != std::string::npos);
        QVERIFY(filled("{{}}").find("no placeholder") != std::string::npos);
        QVERIFY(filled("{{{{title}}}}").find("no placeholder") != std::string::npos);
        QVERIFY(filled("").find("empty") != std::string::npos);
        QVERIFY(filled(std::string(max_template_bytes + 1, 'x')).find("at most") != std::string::npos);
        std::string many;
        for (std::size_t i = 0; i <= max_placeholders; ++i) many += "{{title}}";
        QVERIFY(filled(many).find("at most 200 placeholders") != std::string::npos);
    }

    void whatIsTooLongOrUnknownIsSaid() {
        const auto made = Template::parse("{{title}}{{title}}", known);
        QCOMPARE(made->fill({{"title", std::string(10'000, 'x')}}).error().code, core::Errc::too_large);
        QCOMPARE(made->fill({{"state", "S"}}).error().code, core::Errc::invalid_argument);
    }

    void aTeamsOwnWordsReplaceTheBuiltInOnes() {
        const auto settings = read(
            "status_templates:\n  customers: '{{title}} since {{started}}'\n"
            "status_cadence_min:\n  customers: {sev1: 10, sev3: 0}\n");
        QVERIFY2(settings.has_value(), settings ? "" : settings.error().message.c_str());
        QCOMPARE(settings->template_of(customers).text(), std::string("{{title}} since {{started}}"));
        QCOMPARE(settings->template_of(responders).text(), default_template(responders).text());
        QCOMPARE(interval(settings->cadence, customers, incidents::Severity::sev1)->count(), 10);
        QCOMPARE(interval(settings->cadence, customers, incidents::Severity::sev2)->count(), 60);
        QVERIFY(!interval(settings->cadence, customers, incidents::Severity::sev3));
        QCOMPARE(interval(settings->cadence, responders, incidents::Severity::sev3)->count(), 240);
        QVERIFY(read("")->templates.empty());
    }

    void mistakesOfTheFileAreToldWithTheirLine() {
        const auto said = [](const std::string& text) { return read(text).error().message; };
        QVERIFY(said("status_templates:\n  customers: '{{owner}}'\n")
                    .starts_with("x:2: 'customers' line 1: there is no"));
        QVERIFY(said("status_templates: {everybody: x}\n").find("'everybody'") != std::string::npos);
        QVERIFY(said("status_cadence_min:\n  customers: {sev1: -1}\n").starts_with("x:2: 'sev1'"));
        QVERIFY(said("status_cadence_min:\n  customers: {sev5: 1}\n").find("'sev5'") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_template.moc"
