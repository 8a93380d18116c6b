#include <QTest>
#include <nlohmann/json.hpp>

#include "opsd/postmortem_command.hpp"
#include "security/tokens.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::Answer;
using test::OpsdSite;

namespace {

const incidents::IncidentId incident("INC-1");

http::ClientResponse call(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}, http::Headers headers = {},
                          const std::string& token = test::token) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers = std::move(headers);
    request.headers.set("Authorization", "Bearer " + token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

/// An incident that was, mitigated and resolved.
void past_incident(OpsdSite& site, int severity = 2) {
    const auto post = [&](const std::string& path, const std::string& body) {
        const auto answer = call(site, http::Method::post, path, body);
        if (answer.status != 201) qFatal("%s", answer.body.c_str());
        site.clock.advance(std::chrono::seconds(30));
    };
    post("/incidents",
         R"({"title":"Stalls","service":"viewers","severity":)" + std::to_string(severity) + "}");
    const std::string events = "/incidents/INC-1/events";
    post(events, R"({"kind":"acknowledge"})");
    post(events, R"({"kind":"state","body":{"state":"mitigated","text":"taken back"}})");
    post(events, R"({"kind":"state","body":{"state":"resolved"}})");
}

template <class T, class... Given>
core::Result<T> ask(OpsdSite& site, auto method, Given... given) {
    Answer<T> answer;
    (*site.client.*method)(given..., answer.callback());
    return answer.get();
}

postmortems::View view(OpsdSite& site) {
    auto read = ask<postmortems::View>(site, &opsclient::Client::postmortem_view, incident);
    if (!read) qFatal("%s", read.error().message.c_str());
    return *read;
}

core::Result<postmortems::View> save(OpsdSite& site, const std::string& text, std::uint64_t based_on,
                                     std::optional<std::uint64_t> expected = {}) {
    return ask<postmortems::View>(site, &opsclient::Client::save_postmortem, incident,
                                  postmortems::SaveRequest{"summary", text, based_on, false, {}}, expected);
}

int command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "postmortem");
    std::vector<char*> pointers;
    for (std::string& each : arguments) pointers.push_back(each.data());
    return opsd::postmortem_command(int(pointers.size()), pointers.data());
}

std::string content(const std::filesystem::path& file) {
    const auto text = core::read_file(file);
    return text ? *text : std::string();
}

}  // namespace

class TestPostmortemRoutes : public QObject {
    Q_OBJECT

private slots:
    void aDraftIsWrittenAroundTheJournal() {
        OpsdSite site;
        site.start();
        past_incident(site);
        postmortems::View seen = view(site);
        QCOMPARE(seen.draft.version, std::uint64_t(0));
        QCOMPARE(seen.draft.sections.size(), std::size_t(5));
        QVERIFY(seen.due.at && !seen.overdue);
        QVERIFY(!seen.blocks.empty() && !seen.proposals.empty() && !seen.findings.empty());
        const auto saved = save(site, "Our words.\n\n{{summary}}", 0);
        QVERIFY2(saved, saved ? "" : saved.error().message.c_str());
        QCOMPARE(saved->draft.author, security::login_name());
        // The old route shows the draft, and what the journal says since.
        QVERIFY(call(site, http::Method::post, "/incidents/INC-1/events",
                     R"({"kind":"severity","body":{"severity":1,"text":"all were hit"}})")
                    .status == 201);
        const auto text = call(site, http::Method::get, "/incidents/INC-1/postmortem");
        QVERIFY(text.body.find("Our words.") != std::string::npos);
        QVERIFY(text.body.find("SEV1") != std::string::npos);
        const auto google =
            call(site, http::Method::get, "/incidents/INC-1/postmortem?format=html&template=google");
        QVERIFY(google.body.find("Supporting Information") != std::string::npos);
        QVERIFY(google.body.find("Our words.") != std::string::npos);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-1/postmortem?template=none").status, 404u);
        QCOMPARE(call(site, http::Method::get, "/postmortems/INC-9").status, 404u);
    }

    void whoComesLateIsKeptOrTold() {
        OpsdSite site;
        site.start();
        past_incident(site);
        QVERIFY(save(site, "base", 0));
        const auto base = view(site).draft;
        QVERIFY(save(site, "first", base.sections[0].current.seq));
        QCOMPARE(save(site, "second", base.sections[0].current.seq, base.version).error().code,
                 core::Errc::precondition_failed);
        const auto kept = save(site, "second", base.sections[0].current.seq);
        QCOMPARE(kept->draft.sections[0].current.text, std::string("first"));
        QCOMPARE(kept->draft.sections[0].conflicts.at(0).text, std::string("second"));
        const auto history = ask<std::vector<postmortems::HistoryEntry>>(
            site, &opsclient::Client::postmortem_history, incident);
        QVERIFY(history->front().conflict);
        const auto version = ask<postmortems::HistoryEntry>(site, &opsclient::Client::postmortem_version,
                                                            incident, history->front().seq);
        QCOMPARE(version->text, std::string("second"));
        QCOMPARE(ask<postmortems::HistoryEntry>(site, &opsclient::Client::postmortem_version, incident,
                                                std::uint64_t(99))
                     .error()
                     .code,
                 core::Errc::not_found);
        site.stop();
        site.start();
        QCOMPARE(view(site).draft.sections[0].conflicts.size(), std::size_t(1));
    }

    void theReviewIsGuarded() {
        OpsdSite site;
        site.start();
        past_incident(site);
        using opsclient::Client;
        using postmortems::ReviewState;
        const auto move = [&](ReviewState state, std::string reason = {}, bool over = false) {
            return ask<postmortems::View>(site, &Client::move_postmortem, incident,
                                          postmortems::MoveRequest{state, std::move(reason), over},
                                          std::optional<std::uint64_t>());
        };
        QVERIFY(save(site, "words", 0));
        QVERIFY(move(ReviewState::in_review));
        QCOMPARE(move(ReviewState::reviewed).error().code, core::Errc::conflict);
        QVERIFY(move(ReviewState::reviewed, "there is nobody else here", true));
        const auto refused = move(ReviewState::published);
        QVERIFY(refused.error().message.find("from being published") != std::string::npos);
        const auto published = move(ReviewState::published, "the rest is tracked", true);
        QCOMPARE(published->draft.state, ReviewState::published);
        QCOMPARE(published->draft.overrides.size(), std::size_t(2));
        const auto listed = ask<std::vector<postmortems::Listing>>(site, &Client::postmortems);
        QCOMPARE(listed->at(0).state, ReviewState::published);
        QVERIFY(!listed->at(0).overdue);
    }

    void commentsFactorsAndTemplates() {
        OpsdSite site;
        site.start();
        past_incident(site);
        using opsclient::Client;
        const auto commented = ask<postmortems::View>(site, &Client::comment_postmortem, incident,
                                                      postmortems::CommentRequest{"timeline", "when?"});
        QVERIFY2(commented, commented ? "" : commented.error().message.c_str());
        const auto resolved =
            ask<postmortems::View>(site, &Client::resolve_comment, incident, commented->draft.comments[0].id,
                                   postmortems::ResolveRequest{true, "19:37"});
        QVERIFY(resolved->draft.comments[0].resolved);
        const auto tagged = ask<postmortems::View>(
            site, &Client::set_postmortem_factors, incident,
            std::vector<postmortems::Factor>{{"late-detection", "the row needed a minute", {1}}});
        QCOMPARE(tagged->draft.factors.size(), std::size_t(1));
        const auto asked =
            ask<postmortems::View>(site, &Client::review_postmortem, incident,
                                   postmortems::ReviewerRequest{"bea", postmortems::Verdict::asked, ""});
        QCOMPARE(asked->draft.reviewers[0].person, std::string("bea"));
        const auto templates = ask<std::vector<postmortems::Template>>(site, &Client::postmortem_templates);
        QCOMPARE(templates->size(), std::size_t(4));
        const auto howie =
            ask<postmortems::View>(site, &Client::use_postmortem_template, incident, std::string("howie"));
        QCOMPARE(howie->draft.sections[0].title, std::string("Narrative"));
        QCOMPARE(howie->draft.comments.size(), std::size_t(1));
        const auto listed = ask<std::vector<postmortems::Listing>>(site, &Client::postmortems);
        QCOMPARE(listed->at(0).factors, std::vector<std::string>{"late-detection"});
    }

    void unsavedTextIsPreviewed() {
        OpsdSite site;
        site.start();
        past_incident(site);
        postmortems::PreviewRequest request;
        request.sections["summary"] = "Not **saved** yet <script>";
        const auto html = ask<std::string>(site, &opsclient::Client::preview_postmortem, incident, request);
        QVERIFY(html->find("Not <strong>saved</strong> yet &lt;script&gt;") != std::string::npos);
        QCOMPARE(view(site).draft.version, std::uint64_t(0));
        request.sections = {{"nowhere", "x"}};
        QCOMPARE(
            ask<std::string>(site, &opsclient::Client::preview_postmortem, incident, request).error().code,
            core::Errc::not_found);
    }

    void whatIsOverdueIsSurfaced() {
        OpsdSite site;
        site.start();
        past_incident(site, 1);
        QVERIFY(!view(site).overdue);
        site.clock.advance(std::chrono::hours(24 * 4));
        QVERIFY(view(site).overdue);
        using opsclient::Client;
        const auto listed = ask<std::vector<postmortems::Listing>>(site, &Client::postmortems);
        QVERIFY(listed->at(0).overdue && listed->at(0).findings > 0);
        postmortems::ActionRequest item;
        item.incident = incident;
        item.text = "=Add an alert";
        item.kind = "detect";
        item.due = "2020-01-01";
        const auto made = ask<postmortems::Action>(site, &Client::add_action_item, item);
        QCOMPARE(made->created_by, security::login_name());
        postmortems::ActionFilter overdue;
        overdue.overdue = true;
        QCOMPARE(ask<postmortems::ActionList>(site, &Client::action_items, overdue)->counts.overdue,
                 std::size_t(1));
        QVERIFY(ask<std::string>(site, &Client::action_items_csv, overdue)->find("\"'=Add") !=
                std::string::npos);
        postmortems::ActionRequest done;
        done.state = postmortems::ActionState::done;
        QVERIFY(ask<postmortems::Action>(site, &Client::change_action_item, made->id, done,
                                         std::optional<std::uint64_t>(made->version)));
        QVERIFY(ask<postmortems::ActionList>(site, &Client::action_items, overdue)->items.empty());
        QCOMPARE(ask<postmortems::Action>(site, &Client::change_action_item, made->id, done,
                                          std::optional<std::uint64_t>(1))
                     .error()
                     .code,
                 core::Errc::precondition_failed);
        item.incident = incidents::IncidentId("INC-9");
        QCOMPARE(ask<postmortems::Action>(site, &Client::add_action_item, item).error().code,
                 core::Errc::not_found);
        http::ClientRequest metrics;
        metrics.url = "http://" + site.opsd->address() + "/metrics";
        QVERIFY(site.http.fetch(std::move(metrics))->body.find("opsd_postmortems_overdue 1") !=
                std::string::npos);
    }

    void theCommandReadsTheSitesFiles() {
        OpsdSite site;
        site.start();
        past_incident(site);
        QVERIFY(save(site, "Our words.\n\n{{impact}}", 0));
        site.stop();
        const std::string data = site.data().string();
        const std::filesystem::path out = site.data() / "out.md";
        QCOMPARE(command({"INC-1", "--data", data, "--output", out.string()}), 0);
        QVERIFY(content(out).find("Our words.") != std::string::npos);
        QCOMPARE(command({"INC-1", "--data", data, "--format", "html", "--template", "pagerduty", "--output",
                          out.string()}),
                 0);
        QVERIFY(content(out).find("Contributing Factors") != std::string::npos);
        QVERIFY(content(out).find("Our words.") != std::string::npos);
        const std::string once = content(out);
        QCOMPARE(command({"INC-1", "--data", data, "--format", "html", "--template", "pagerduty", "--output",
                          out.string()}),
                 0);
        QCOMPARE(content(out), once);
        QCOMPARE(command({"verify", "--data", data}), 0);
        QCOMPARE(command({"verify", "--data", data + "/nowhere"}), 69);
        QCOMPARE(command({"INC-9", "--data", data}), 1);
        QCOMPARE(command({"INC-1", "--data", data + "/nowhere"}), 69);
        QCOMPARE(command({"INC-1", "--data", data, "--template", "none"}), 65);
        QCOMPARE(command({}), 64);
    }

    void whatWasMeasuredStaysWithTheReview() {
        OpsdSite site;
        site.start();
        site.pass(90, 30, 0);
        site.pass(15, 27, 0, 3, 3);
        QVERIFY(save(site, "{{impact}}", 0));
        QVERIFY(
            ask<postmortems::View>(site, &opsclient::Client::move_postmortem, incident,
                                   postmortems::MoveRequest{postmortems::ReviewState::in_review, "", false},
                                   std::optional<std::uint64_t>()));
        site.stop();
        const std::string data = site.data().string();
        const std::filesystem::path out = site.data() / "out.md";
        for (const char* file : {"counters.sqlite", "counters.sqlite-wal", "counters.sqlite-shm"})
            std::filesystem::remove(site.data() / "db" / file);
        QCOMPARE(command({"INC-1", "--data", data, "--output", out.string()}), 0);
        QVERIFY(content(out).find(" were bad (") != std::string::npos);
        // Without what was kept it says that it does not know.
        std::filesystem::remove(site.data() / "db" / "postmortems.sqlite");
        QCOMPARE(command({"INC-1", "--data", data, "--output", out.string()}), 0);
        QVERIFY(content(out).find("Figures are not available") != std::string::npos);
    }

    void theCommandChecksAnyFile() {
        QTemporaryDir folder;
        const std::string bad = folder.filePath("bad.md").toStdString(),
                          good = folder.filePath("good.md").toStdString();
        QVERIFY(core::write_file_atomically(bad, "## Summary\n\nIt was careless.\n"));
        QVERIFY(core::write_file_atomically(
            good,
            "## Summary\n\n30 users saw errors; an alert told.\n\n## Action Items\n\n"
            "- Add a test; owner anna, due 2026-12-01, done when it runs\n"));
        QCOMPARE(command({"check", bad, good}), 65);
        QCOMPARE(command({"check", good}), 0);
        QCOMPARE(command({"check", folder.filePath("nowhere").toStdString()}), 65);
        QCOMPARE(command({"check"}), 64);
    }

    void aBrokenTemplateIsListedWithItsProblem() {
        OpsdSite site;
        const auto folder = site.data() / "postmortem-templates";
        QVERIFY(core::make_directories(folder));
        QVERIFY(core::write_file_atomically(folder / "team.md", "# T\n## A\n{{nothing}}\n"));
        site.start();
        const auto templates =
            ask<std::vector<postmortems::Template>>(site, &opsclient::Client::postmortem_templates);
        QVERIFY(templates);
        QCOMPARE(templates->size(), std::size_t(5));
        const std::string problem = "team.md:3: there is no placeholder 'nothing'";
        QVERIFY(templates->back().problem.ends_with(problem));
        past_incident(site);
        const auto refused = ask<postmortems::View>(site, &opsclient::Client::use_postmortem_template,
                                                    incident, std::string("team"));
        QVERIFY(!refused && refused.error().message.find(problem) != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestPostmortemRoutes)
#include "tst_postmortem_routes.moc"
