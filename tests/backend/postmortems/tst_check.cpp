#include <QTest>

#include "backend/postmortems/story.hpp"
#include "postmortems/placeholders.hpp"

using namespace qd;
using namespace qd::postmortems;

namespace {

bool has(const std::vector<Finding>& findings, std::string_view rule, std::string_view words = {},
         std::size_t line = 0) {
    return std::ranges::any_of(findings, [&](const Finding& each) {
        return each.rule == rule && each.problem.find(words) != std::string::npos &&
               (line == 0 || each.line == line) && !each.why.empty() && !each.mend.empty();
    });
}

std::vector<Finding> of_file(std::string_view text) {
    const auto findings = check_markdown(text);
    if (!findings) qFatal("%s", findings.error().message.c_str());
    return *findings;
}

constexpr std::string_view good = R"(# Post-mortem

## Summary

2,300 viewers saw errors for 12 minutes. An alert detected it.

## Timeline

| UTC | what | by | evidence |
|---|---|---|---|
| 19:37 | errors rise | slo | event 1 |

## Contributing factors

- The canary began at 10 %.
- The burn row needed a minute.

## Action Items

| action | owner | due | done when |
|---|---|---|---|
| Lower the first weight | anna | 2026-12-01 | a bad canary is seen at 1 % |
)";

}  // namespace

class TestCheck : public QObject {
    Q_OBJECT

private slots:
    void aGoodFileHasNoFindings() {
        const auto findings = of_file(good);
        QVERIFY2(findings.empty(), findings.empty() ? "" : findings[0].problem.c_str());
    }

    void eachRuleNamesItsLine() {
        const std::string text =
            "## Summary\n\nAnna was careless; it should have been tested.\n\n"                          // 3
            "## Root Cause\n\nThe root cause was a typo by anna.\n\n"                                   // 7
            "## Timeline\n\n| UTC | what | by | evidence |\n|---|---|---|---|\n| 1 | x | anna | |\n\n"  // 13
            "## Empty\n\n## Action Items\n\n- Improve the tests\n";  // 15, 19
        const auto findings = of_file(text);
        QVERIFY(has(findings, rule::blame, "careless", 3));
        QVERIFY(has(findings, rule::counterfactual, "should have", 3));
        QVERIFY(has(findings, rule::single_cause, "names one cause", 7));
        QVERIFY(has(findings, rule::named_person, "anna", 7));
        QVERIFY(has(findings, rule::evidence, "no evidence", 13));
        QVERIFY(has(findings, rule::empty_section, "", 15));
        for (const auto name : {rule::action_verb, rule::action_owner, rule::action_due, rule::action_done})
            QVERIFY2(has(findings, name, "", 19), std::string(name).c_str());
        QVERIFY(has(findings, rule::impact));
        QVERIFY(has(findings, rule::detection));
        for (std::size_t i = 1; i < findings.size(); ++i) QVERIFY(findings[i - 1].line <= findings[i].line);
    }

    void codeAndNoSectionsAreNoProse() {
        const auto findings = of_file("## Summary\n\n```\nthe careless default\n```\nUse `fault of x`.\n");
        QVERIFY(!has(findings, rule::blame));
        QVERIFY(has(of_file("just words"), rule::empty_section, "no section"));
    }

    void whatIsOnlyCompiledIsNotFinished() {
        const auto story = test::bad_canary_story();
        const auto findings = check(story.material());
        QVERIFY(has(findings, rule::empty_section, "a person has to say why"));
        QVERIFY(has(findings, rule::empty_section, "people have to add theirs"));
        QVERIFY(has(findings, rule::action_proposed, "Lower the first weight"));
        QVERIFY(has(findings, rule::action_none));
        QVERIFY(!has(findings, rule::impact));
        QVERIFY(
            has(check(test::bad_canary_story(1).material()), rule::empty_section, "nothing stands in it"));
    }

    void aPersonsTextIsChecked() {
        auto story = test::bad_canary_story();
        story.write("root-cause", "{{suspects}}\n\nanna <script> forgot the weight.\n\n{{timelime}}\n");
        const auto findings = check(story.material());
        QVERIFY(has(findings, rule::blame, "forgot", 3));
        QVERIFY(has(findings, rule::placeholder, "timelime", 5));
        QVERIFY(!has(findings, rule::empty_section, "a person has to say why"));
        // The suspect and the slow abort: one thing alone does not explain it.
        QVERIFY(has(findings, rule::single_cause));
        story.draft.factors = {{"bad-release", "v2 failed", {2}}, {"slow-rollback", "by hand", {7}}};
        QVERIFY(!has(check(story.material()), rule::single_cause));
        story.draft.comments.push_back(
            {7, "summary", "bea", test::at_second(700), "who felt it?", false, "", {}, ""});
        QVERIFY(has(check(story.material()), rule::open_comment, "bea asks"));
    }

    void actionsNeedEverything() {
        auto story = test::bad_canary_story();
        Action action;
        action.id = "AI-1";
        action.incident = story.incident.id;
        action.text = "improve it";
        action.kind = "prevent";
        story.actions = {action};
        auto findings = check(story.material());
        for (const auto name : {rule::action_verb, rule::action_owner, rule::action_due, rule::action_done})
            QVERIFY2(has(findings, name, "AI-1"), std::string(name).c_str());
        story.actions[0].text = "Add a load test";
        story.actions[0].owner = "anna";
        story.actions[0].due = "2026-12-01";
        story.actions[0].done_when = "it runs with each release";
        findings = check(story.material());
        QVERIFY(!has(findings, rule::action_verb) && !has(findings, rule::action_none));
        // A declined proposal is decided.
        const auto open = open_proposals(story.document, story.actions);
        story.actions[0].proposal = open[0].key;
        QCOMPARE(open_proposals(story.document, story.actions).size(), open.size() - 1);
    }

    void aDetachedBlockSaysWhenTheJournalMovedOn() {
        auto story = test::bad_canary_story();
        const std::string digest = block_digest("roles", story.material());
        story.write("summary", detached_line("roles", 10, digest) + "\nanna led it\n{{end}}\n{{impact}}\n");
        QVERIFY(!detached_of(story.material())[0].moved_on);
        QVERIFY(!has(check(story.material()), rule::detached));
        QVERIFY(to_markdown(story.material()).find("the journal still says the same") != std::string::npos);
        story.document.responders["scribe"] = "carl";
        QVERIFY(detached_of(story.material())[0].moved_on);
        QVERIFY(has(check(story.material()), rule::detached, "roles"));
        QVERIFY(to_markdown(story.material()).find("anna led it") != std::string::npos);
        // The budget that is left now is no change of what happened.
        const std::string impact = block_digest("impact", story.material());
        story.document.costs[0].budget_remaining = 0.1;
        QCOMPARE(block_digest("impact", story.material()), impact);
    }
};

QTEST_GUILESS_MAIN(TestCheck)
#include "tst_check.moc"
