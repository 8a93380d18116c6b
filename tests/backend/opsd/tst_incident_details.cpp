#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "opsd/attachment_store.hpp"
#include "opsd/site_logs.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

const incidents::IncidentId first("INC-1");
const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + std::string(100, 'x');

http::ClientResponse call(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}, const std::string& token = test::token) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers.set("Authorization", "Bearer " + token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

void declare(OpsdSite& site) {
    const auto opened =
        call(site, http::Method::post, "/incidents", R"({"title":"Stalls","service":"viewers"})");
    QCOMPARE(opened.status, 201u);
}

core::Result<incidents::Event> attach(OpsdSite& site, const std::string& name, const std::string& bytes) {
    test::Answer<incidents::Event> answer;
    site.client->attach_file(first, name, "what it shows", bytes, answer.callback());
    return answer.get();
}

core::Result<std::string> fetch(OpsdSite& site, const std::string& sha256) {
    test::Answer<std::string> answer;
    site.client->attached_file(first, sha256, answer.callback());
    return answer.get();
}

void append(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

std::string line(core::WallTime at, const std::string& level, const std::string& message) {
    return nlohmann::json{{"at", core::format_rfc3339(at)},
                          {"level", level},
                          {"service", "streamd"},
                          {"instance", "api-1"},
                          {"message", message},
                          {"status", 503}}
               .dump() +
           "\n";
}

}  // namespace

class TestIncidentDetails : public QObject {
    Q_OBJECT

private slots:
    void whatWasAttachedComesBack() {
        OpsdSite site;
        site.start();
        declare(site);
        const auto event = attach(site, "../../etc/shot.png", png);
        QVERIFY2(event.has_value(), event ? "" : event.error().message.c_str());
        QCOMPARE(event->kind, incidents::EventKind::attachment);
        QCOMPARE(event->body.title, std::string("shot.png"));
        QCOMPARE(event->body.unit, std::string("image/png"));
        QCOMPARE(event->body.bytes, std::optional<std::uint64_t>(png.size()));
        QVERIFY(std::filesystem::exists(site.data() / "attachments" / event->body.subject));
        QCOMPARE(*fetch(site, event->body.subject), png);
        // The same content is kept once, and told of twice.
        QVERIFY(attach(site, "again.png", png).has_value());
        QCOMPARE(std::distance(std::filesystem::directory_iterator(site.data() / "attachments"),
                               std::filesystem::directory_iterator()),
                 std::ptrdiff_t(1));
    }

    void aPageOfHtmlIsNeverShownInPlace() {
        OpsdSite site;
        site.start();
        declare(site);
        const auto event = attach(site, "x.html", "<html><script>alert(1)</script>");
        QVERIFY(event.has_value());
        QCOMPARE(event->body.unit, std::string("text/plain; charset=utf-8"));
        const auto answer =
            call(site, http::Method::get, "/incidents/INC-1/attachments/" + event->body.subject);
        QCOMPARE(answer.status, 200u);
        QVERIFY(answer.headers.get("Content-Type").starts_with("text/plain"));
        QVERIFY(answer.headers.get("Content-Disposition").starts_with("attachment;"));
        QCOMPARE(std::string(answer.headers.get("X-Content-Type-Options")), std::string("nosniff"));
        QVERIFY(answer.headers.get("Content-Security-Policy").find("sandbox") != std::string_view::npos);
    }

    void onlyFilesThatTheJournalNamesAreHandedOut() {
        OpsdSite site;
        site.start();
        declare(site);
        QVERIFY(attach(site, "a.png", png).has_value());
        for (const char* name : {"..%2F..%2Ftoken", "..", "%2e%2e%2ftoken", "token",
                                 "0000000000000000000000000000000000000000000000000000000000000000"}) {
            const auto answer =
                call(site, http::Method::get, std::string("/incidents/INC-1/attachments/") + name);
            QVERIFY2(answer.status == 404 || answer.status == 400, name);
            QVERIFY(answer.body.find(test::token) == std::string::npos);
        }
        // Stored for one incident, it is not another's.
        declare(site);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-2/attachments/" + opsd::sha256_of(png)).status,
                 404u);
    }

    void whatWasChangedOnTheDiskIsRefused() {
        OpsdSite site;
        site.start();
        declare(site);
        const auto event = attach(site, "a.png", png);
        std::ofstream(site.data() / "attachments" / event->body.subject) << "something else";
        const auto answer = fetch(site, event->body.subject);
        QVERIFY(!answer.has_value());
        QVERIFY(answer.error().message.find("no longer") != std::string::npos);
        // Attaching it again heals it.
        QVERIFY(attach(site, "a.png", png).has_value());
        QCOMPARE(*fetch(site, event->body.subject), png);
    }

    void whatIsTooLargeEmptyOrAStrangersIsRefused() {
        OpsdSite site;
        site.start();
        declare(site);
        QCOMPARE(attach(site, "a", std::string(opsd::max_attachment_bytes + 1, 'x')).error().code,
                 core::Errc::too_large);
        QVERIFY(attach(site, "a", std::string(opsd::max_attachment_bytes, 'x')).has_value());
        QCOMPARE(attach(site, "a", {}).error().code, core::Errc::invalid_argument);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-1/attachments?name=a", png,
                      "00000000000000000000000000000000")
                     .status,
                 401u);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-9/attachments?name=a", png).status, 404u);
    }

    void whereNothingCanBeWrittenNothingIsClaimed() {
        OpsdSite site;
        site.start();
        declare(site);
        std::ofstream(site.data() / "attachments") << "a file where the folder belongs";
        QVERIFY(!attach(site, "a.png", png).has_value());
        const auto timeline =
            nlohmann::json::parse(call(site, http::Method::get, "/incidents/INC-1/timeline").body);
        QCOMPARE(timeline["items"].size(), std::size_t(1));
    }

    void namesAndTypesAreTakenFromNobodysWord() {
        QCOMPARE(opsd::safe_file_name("C:\\temp\\a b.txt"), std::string("a b.txt"));
        QCOMPARE(opsd::safe_file_name("a\r\nSet-Cookie: x"), std::string("aSet-Cookie: x"));
        QCOMPARE(opsd::safe_file_name(".."), std::string("attachment"));
        QCOMPARE(opsd::safe_file_name("x/"), std::string("attachment"));
        QCOMPARE(opsd::safe_file_name("\xff\xfe"
                                      "ä.png"),
                 std::string("ä.png"));
        QVERIFY(opsd::safe_file_name(std::string(1'000, 'a')).size() <= 200);
        QCOMPARE(opsd::sniff_media_type("GIF89a…"), std::string("image/gif"));
        QCOMPARE(opsd::sniff_media_type(std::string("a\0b", 3)), std::string("application/octet-stream"));
        QCOMPARE(opsd::sniff_media_type("<svg onload=x>"), std::string("text/plain; charset=utf-8"));
        QVERIFY(!opsd::is_sha256(std::string(64, 'G')));
        QVERIFY(opsd::is_sha256(opsd::sha256_of("")));
    }

    void evidenceIsFrozenSecondBySecond() {
        OpsdSite site;
        site.start();
        const auto begin = site.clock.now();
        site.pass(60, 30, 0);
        site.pass(30, 30, 15);
        declare(site);
        test::Answer<incidents::Event> answer;
        site.client->freeze_evidence(
            first, {slo::SloId("playback-availability"), begin, site.clock.now(), "the dip"},
            answer.callback());
        const auto event = answer.get();
        QVERIFY2(event.has_value(), event ? "" : event.error().message.c_str());
        QCOMPARE(event->kind, incidents::EventKind::evidence);
        QCOMPARE(event->body.text, std::string("the dip"));
        QCOMPARE(event->body.subject, std::string("playback-availability"));
        QVERIFY(event->body.query.find("every 1 s") != std::string::npos);
        QVERIFY(event->body.samples.size() >= 80 && event->body.samples.size() <= 91);
        QVERIFY(event->body.samples.front().value == 1.0);
        QVERIFY(event->body.samples.back().value < 0.6);
        for (std::size_t i = 1; i < event->body.samples.size(); ++i)
            QVERIFY(event->body.samples[i - 1].at < event->body.samples[i].at);
    }

    void evidenceOfTwoHoursKeepsEverySecond() {
        OpsdSite site;
        site.start();
        const auto begin = site.clock.now();
        site.pass(4'500, 3, 0);
        declare(site);
        test::Answer<incidents::Event> answer;
        site.client->freeze_evidence(
            first, {slo::SloId("playback-availability"), begin, site.clock.now(), ""}, answer.callback());
        const auto event = answer.get();
        QVERIFY2(event.has_value(), event ? "" : event.error().message.c_str());
        QVERIFY(event->body.samples.size() > 4'400);
        QVERIFY(event->body.text.find("Playback") != std::string::npos);
    }

    void evidenceOfNothingIsRefused() {
        OpsdSite site;
        site.start();
        declare(site);
        const auto ask = [&](const char* body) {
            return call(site, http::Method::post, "/incidents/INC-1/evidence", body);
        };
        QCOMPARE(ask("{}").status, 400u);
        QCOMPARE(ask(R"({"slo":"nope","from":"2026-01-01T00:00:00Z","to":"2026-01-01T01:00:00Z"})").status,
                 404u);
        QCOMPARE(
            ask(R"({"slo":"playback-availability","from":"2020-01-01T00:00:00Z","to":"2020-01-01T01:00:00Z"})")
                .status,
            400u);
        QCOMPARE(
            ask(R"({"slo":"playback-availability","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"})")
                .status,
            400u);
    }

    void logsAreReadAroundTheIncident() {
        OpsdSite site;
        site.start();
        declare(site);
        const auto now = site.clock.now();
        const auto file = site.data() / "logs" / "api-1.log";
        append(file, line(now - std::chrono::hours(1), "error", "long ago"));
        append(file, line(now, "info", "nothing of interest"));
        append(file, line(now, "warning", "slow"));
        append(file, "not json\n");
        append(file, line(now + std::chrono::seconds(1), "error", "broken"));
        append(file, "{\"at\":\"" + core::format_rfc3339(now) + "\",\"level\":\"error\",\"mess");
        append(site.data() / "logs" / "notes.txt", line(now, "error", "no log"));
        test::Answer<opsclient::LogExcerpt> answer;
        site.client->incident_logs(first, now - std::chrono::minutes(1), now + std::chrono::minutes(1), 100,
                                   answer.callback());
        const auto excerpt = answer.get();
        QVERIFY2(excerpt.has_value(), excerpt ? "" : excerpt.error().message.c_str());
        QCOMPARE(excerpt->lines.size(), std::size_t(2));
        QCOMPARE(excerpt->lines[0].message, std::string("slow status=503"));
        QVERIFY(!excerpt->lines[0].error);
        QVERIFY(excerpt->lines[1].error);
        QCOMPARE(excerpt->lines[1].instance, std::string("api-1"));
        QVERIFY(!excerpt->cut);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-1/logs?limit=0").status, 400u);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-9/logs").status, 404u);
        QCOMPARE(nlohmann::json::parse(call(site, http::Method::get, "/incidents/INC-1/logs").body)["items"]
                     .size(),
                 std::size_t(2));
    }

    /// Every line is found once, wherever blocks are cut.
    void longLogsAreReadFromTheirEnd() {
        QTemporaryDir folder;
        const std::filesystem::path logs = folder.path().toStdString();
        const core::WallTime begin{std::chrono::milliseconds(1'790'000'000'000)};
        std::string text;
        for (int i = 0; i < 20'000; ++i)
            text += line(begin + std::chrono::milliseconds(i), i % 2 ? "error" : "info",
                         std::to_string(i) + std::string(std::size_t(i % 97), '.'));
        append(logs / "a.1.log", text);
        const auto all = opsd::read_logs(logs, begin, begin + std::chrono::hours(1), 5'000);
        QVERIFY(all.has_value());
        QCOMPARE(all->lines.size(), std::size_t(5'000));
        QVERIFY(all->cut);
        for (std::size_t i = 0; i < all->lines.size(); ++i) {
            const int number = 10'001 + 2 * int(i);
            QVERIFY(all->lines[i].message.starts_with(std::to_string(number)));
        }
        const auto part = opsd::read_logs(logs, begin, begin + std::chrono::milliseconds(9), 100);
        QCOMPARE(part->lines.size(), std::size_t(5));
        QVERIFY(opsd::read_logs(logs / "nowhere", begin, begin + std::chrono::hours(1), 10)->lines.empty());
    }
};

QTEST_MAIN(TestIncidentDetails)
#include "tst_incident_details.moc"
