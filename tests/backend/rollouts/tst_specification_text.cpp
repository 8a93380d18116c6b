// A specification written as YAML is the same specification, whatever stands in it.

#include <QTest>

#include <random>

#include "rollouts/specification.hpp"
#include "rollouts/specification_text.hpp"
#include "rollouts/yaml_writer.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

/// Any value that the reader takes, drawn by a fixed sequence.
class Drawn {
public:
    explicit Drawn(unsigned seed) : random_(seed) {}

    Specification specification() {
        Specification made;
        made.strategy = Strategy(below(3));
        made.name = word();
        for (unsigned n = below(3); n > 0; --n) made.templates.push_back(analysis_template());
        templates_ = made.templates;
        if (made.strategy == Strategy::canary) {
            made.steps.push_back({StepKind::set_weight, 1 + below(100), {}, {}, {}, {}, {}, {}});
            for (unsigned n = below(8); n > 0; --n) made.steps.push_back(step());
            if (flip()) {
                made.background = use();
                made.background->starting_step = below(unsigned(made.steps.size()) + 1);
            }
            if (flip()) made.route_cookie = name();
            if (flip()) made.split = traffic::SplitMode::round_robin;
            if (flip()) made.abort_scale_down_delay = duration();
        } else if (made.strategy == Strategy::blue_green) {
            made.blue_green = {below(9), flip(), maybe_duration(), maybe_use(), maybe_use(), duration()};
        } else {
            made.rolling = {below(9), 1 + below(8), duration(), duration() + 1s};
        }
        made.target = target();
        if (flip())
            made.analysis = {Trust(below(3)),
                             0.5 + below(49) / 100.0,
                             5s + duration() / 100,
                             10 + below(100),
                             below(1'000) / 1'000.0,
                             below(1'000) / 1e6,
                             0.001 + below(50),
                             below(100),
                             flip()};
        if (flip()) made.approvals = below(6);
        if (flip()) made.group = name();
        if (flip()) made.driver = name();
        if (flip()) made.rollback_window = below(51);
        return made;
    }

private:
    unsigned below(unsigned n) { return unsigned(random_() % n); }
    bool flip() { return below(2) == 0; }
    std::chrono::milliseconds duration() {
        return std::chrono::milliseconds(random_() % (flip() ? 5'000 : 86'400'000));
    }
    std::optional<std::chrono::milliseconds> maybe_duration() {
        return flip() ? std::optional(duration()) : std::nullopt;
    }
    std::string name() { return fmt::format("n{}-{}", below(10), ++serial_); }
    std::string word() {
        static const std::vector<std::string> words{
            "plain",  "two words", "10",       "0.1",   "true",   "null",    "~",       "a: b",
            "- x",    "#no",       "it's",     "\"q\"", "back\\", " lead",   "trail ",  "{{args.a}}",
            "a\tb",   "ümläut",    "[x]",      "{y}",   "*alias", "&anchor", "!tag",    "%percent",
            "@at",    "`tick`",    "a,b",      "a #b",  "---",    "...",     "?",       "yes",
            "0x10",   "1e3",       "a\nb",     "|",     ">",      "<<",      "/media/", ".nan",
            "a\r\nb", "ends\n",    "\x01\x7f", "a  b"};
        return words[below(unsigned(words.size()))];
    }
    std::string text() {
        return flip() ? word()
                      : "sum(rate(errors[5m]))\n  / \n\nsum(rate(all[5m]))" + std::string(below(3), '\n');
    }
    traffic::TextMatch match() { return {traffic::MatchKind(below(3)), word()}; }
    AnalysisUse use() {
        AnalysisUse made;
        if (templates_.empty() || flip()) return made;
        made.templates = {templates_[below(unsigned(templates_.size()))].name};
        made.args = {{"needed", word()}};
        return made;
    }
    std::optional<AnalysisUse> maybe_use() { return flip() ? std::optional(use()) : std::nullopt; }
    Step step() {
        Step made;
        made.kind = StepKind(below(7));
        switch (made.kind) {
            case StepKind::set_weight:
                made.weight = below(101);
                break;
            case StepKind::pause:
                made.duration = maybe_duration();
                break;
            case StepKind::analysis:
                made.duration = maybe_duration();
                made.analysis = use();
                break;
            case StepKind::set_canary_scale:
                if (flip())
                    made.scale.replicas = below(9);
                else if (flip())
                    made.scale.weight = below(101);
                else
                    made.scale.match_traffic_weight = true;
                break;
            case StepKind::set_header_route:
                made.header_route.name = name();
                for (unsigned n = below(3); n > 0; --n) made.header_route.match.push_back({word(), match()});
                break;
            case StepKind::set_mirror_route:
                made.mirror.name = name();
                if (flip()) made.mirror.percentage = below(101);
                for (unsigned n = below(3); n > 0; --n) {
                    traffic::RequestMatch one;
                    if (flip()) one.method = match();
                    if (flip()) one.path = match();
                    if (flip()) one.headers = {{word(), match()}};
                    made.mirror.match.push_back(one);
                }
                break;
            case StepKind::experiment:
                made.duration = maybe_duration();
                for (unsigned n = 1 + below(3); n > 0; --n)
                    made.experiment.sets.push_back(
                        {name(), flip() ? "stable" : "canary", 1 + below(8), below(30)});
                if (const AnalysisUse analysis = use(); !analysis.templates.empty())
                    made.experiment.analyses.push_back(analysis);
                break;
        }
        return made;
    }
    TargetVersion target() {
        TargetVersion made;
        made.label = name();
        made.instances = 1 + below(8);
        for (unsigned n = below(4); n > 0; --n)
            made.faults.push_back({flip() ? "delay" : "no_start", double(below(1'000)) / 3,
                                   0.25 * (1 + below(4)), 1.0 + below(5'000), flip() ? word() : ""});
        if (flip()) made.program = name();
        for (unsigned n = below(3); n > 0; --n) made.flags[word()] = word();
        return made;
    }
    AnalysisTemplate analysis_template() {
        AnalysisTemplate made;
        made.name = name();
        made.args = {{"needed", flip() ? std::optional(word()) : std::nullopt}};
        for (unsigned n = 1 + below(3); n > 0; --n) {
            MetricSpec metric;
            metric.name = word() + name();
            if (flip()) metric.interval = 100ms + duration();
            if (flip()) metric.initial_delay = duration();
            metric.count = 1 + below(9);
            if (flip()) metric.success_condition = "result[0] >= 0.95";
            if (flip()) metric.failure_condition = "isNil(result) ||\n  any(result, {# > 1})";
            metric.failure_limit = int(below(5)) - 1;
            if (flip()) metric.consecutive_success_limit = 1 + below(9);
            metric.provider.kind = MetricProvider::Kind(below(3));
            metric.provider.query = text();
            if (metric.provider.kind == MetricProvider::Kind::judge) metric.provider.query = "ratio";
            if (metric.provider.kind == MetricProvider::Kind::prometheus && flip())
                metric.provider.address = "http://prometheus:9090";
            if (metric.provider.kind == MetricProvider::Kind::site && flip()) metric.provider.arm = "stable";
            made.metrics.push_back(metric);
        }
        return made;
    }

    std::mt19937 random_;
    unsigned serial_ = 0;
    std::vector<AnalysisTemplate> templates_;
};

}  // namespace

class TestSpecificationText : public QObject {
    Q_OBJECT

private slots:
    void whateverIsWrittenReadsBackEqual() {
        unsigned read_at_all = 0;
        for (unsigned seed = 0; seed < 3'000; ++seed) {
            const auto drawn = parse_specification(to_json_text(Drawn(seed).specification()));
            if (!drawn) continue;  // drawn beyond what is allowed, such as one flag twice
            ++read_at_all;
            const std::string text = to_yaml_text(*drawn);
            const auto again = parse_specification(text);
            QVERIFY2(again, (text + (again ? "" : again.error().message)).c_str());
            if (!(*again == *drawn))
                QCOMPARE(QString::fromStdString(to_json_text(*again)),
                         QString::fromStdString(to_json_text(*drawn)));
            QVERIFY2(*again == *drawn, text.c_str());
            QCOMPARE(to_yaml_text(*again), text);
        }
        QVERIFY2(read_at_all > 1'500, qPrintable(QString::number(read_at_all)));
    }

    void itReadsAsAPersonWouldWriteIt() {
        const auto read = parse_specification(
            "strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 90s}}, {analysis: {}}, {pause: "
            "{}}, "
            "{setWeight: 100}]}}\ntarget: {version: v2, faults: [{kind: delay, amount: 400, ratio: 0.5}]}\n");
        QVERIFY(read);
        QCOMPARE(QString::fromStdString(to_yaml_text(*read)),
                 QStringLiteral(R"(apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: v2
spec:
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {duration: 1m30s}
      - analysis: {}
      - pause: {}
      - setWeight: 100
  target:
    version: v2
    instances: 1
    faults:
    - {kind: delay, amount: 400, ratio: 0.5}
  analysis:
    onFailure: pause
)"));
    }

    void durationsReadBack() {
        for (const std::chrono::milliseconds each :
             {0ms, 1ms, 999ms, 1'000ms, 61'001ms, 3'600'000ms, 5'400'250ms, 604'800'000ms})
            QCOMPARE(*parse_duration(duration_text(each)), each);
        QCOMPARE(duration_text(90min), std::string("1h30m"));
    }

    void whatYamlWouldTakeForSomethingElseIsQuoted() {
        for (const char* text : {"10", "true", "Null", "", "a: b", "x ", "-", "é"})
            QVERIFY2(yaml_scalar(text).starts_with('"'), text);
        for (const char* text : {"a b", "v2", "/media/x.m4s", "new-packager"})
            QCOMPARE(yaml_scalar(text), std::string(text));
    }
};

QTEST_GUILESS_MAIN(TestSpecificationText)
#include "tst_specification_text.moc"
