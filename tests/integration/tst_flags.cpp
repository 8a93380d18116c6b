// Flags on a whole site of real processes: a change reaches them all, changes what they answer, and a version
// of a rollout serves what its specification pins.

#include <QElapsedTimer>
#include <QTest>

#include "support/site.hpp"

using namespace qd;
using http::Method;
using nlohmann::json;
using test::eventually;

class TestFlags : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<test::Site> site_;

    /// The revisions that the processes of the data plane say they have.
    std::map<std::string, int> revisions() {
        std::map<std::string, int> found;
        for (const site::ProcessInfo& process : site_->endpoints().processes)
            if (process.role == "gateway" || process.role == "api" || process.role == "worker") {
                const auto answer = site_->ask("http://" + process.address, Method::get, "/-/flags", {});
                found[process.instance] = answer.status == 200 ? answer.json["revision"].get<int>() : -1;
            }
        return found;
    }
    bool all_at(int revision) {
        const auto found = revisions();
        return found.size() >= 4 &&
               std::ranges::all_of(found, [&](const auto& entry) { return entry.second == revision; });
    }
    test::SiteAnswer change(const std::string& path, const json& body) {
        return site_->opsd(path.ends_with("kill") || path.ends_with("restore") ? Method::post : Method::put,
                           "/api/v1/flags/" + path, body.dump());
    }
    unsigned upload() { return site_->gateway(Method::post, "/api/v1/upload?title=t", "no video").status; }

private slots:
    void initTestCase() {
        QFile config(folder_.filePath("site.yaml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("titles: 0\nviewers: 0\napi_instances: 2\n");
        config.close();
        site_ = std::make_unique<test::Site>(QStringList{"--config", config.fileName()});
        QVERIFY(site_->up());
    }
    void cleanupTestCase() { site_.reset(); }

    void every_process_begins_with_the_sites_flags() {
        QVERIFY(eventually([this] { return all_at(2); }, 10'000));
    }

    void a_change_reaches_every_process() {
        const json before = site_->get("/api/v1/flags/playback.max-rendition");
        json flag = before["flag"];
        flag["defaultVariant"] = "480p";
        QElapsedTimer since;
        since.start();
        const auto changed = change("playback.max-rendition", {{"reason", "a trial"}, {"flag", flag}});
        QVERIFY2(changed.status == 200, changed.text.c_str());
        const qint64 answered = since.elapsed();
        while (!all_at(3) && since.elapsed() < 10'000) QTest::qWait(5);
        qInfo("PUT answered after %lld ms, the last of %zu processes had it after %lld ms", answered,
              revisions().size(), since.elapsed());
        QVERIFY(all_at(3));
        json reach;
        QVERIFY(eventually(
            [&] {
                reach = site_->get("/api/v1/flags/playback.max-rendition")["reach"];
                return reach["reached"] == 4 && !reach["after_s"].is_null();
            },
            10'000));
        qInfo("opsd says: %s", reach.dump().c_str());
        QVERIFY(reach["after_s"].get<double>() < 10);
        for (const site::ProcessInfo& process : site_->endpoints().processes)
            if (process.role == "api") {
                const auto told = site_->ask("http://" + process.address, Method::get, "/-/flags", {});
                QCOMPARE(told.json["flags"]["playback.max-rendition"]["value"].get<std::string>(),
                         std::string("480p"));
                const auto metrics = site_->ask("http://" + process.address, Method::get, "/metrics", {});
                QVERIFY(metrics.text.find("\nflags_revision 3\n") != std::string::npos);
            }
    }

    void the_kill_switch_ends_uploads_and_gives_them_back() {
        QCOMPARE(upload(), 422u);
        QElapsedTimer since;
        since.start();
        QCOMPARE(change("uploads.enabled/kill", {{"reason", "the disk is full"}}).status, 200u);
        QVERIFY(eventually([this] { return upload() == 403; }, 10'000));
        qInfo("uploads are refused after %lld ms", since.elapsed());
        QCOMPARE(change("uploads.enabled/restore", {{"reason", "a new disk"}}).status, 200u);
        QVERIFY(eventually([this] { return all_at(5) && upload() == 422; }, 10'000));
    }

    void a_version_serves_what_its_specification_pins() {
        const auto begun = site_->opsd(
            Method::post, "/api/v1/rollouts?reason=a%20trial",
            "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\n"
            "target: {version: v2, flags: {playback.max-rendition: 240p, uploads.enabled: \"off\"}}\n");
        QVERIFY2(begun.status == 201, begun.text.c_str());
        json pinned;
        QVERIFY(eventually(
            [&] {
                pinned = site_->get("/api/v1/flags/playback.max-rendition")["pinned"];
                return pinned.size() == 1;
            },
            30'000));
        QCOMPARE(pinned.begin()->get<std::string>(), std::string("240p"));
        const auto canary = site_->process(pinned.begin().key());
        QVERIFY(canary);
        QCOMPARE(canary->version, std::string("v2"));
        const auto told = site_->ask("http://" + canary->address, Method::get, "/-/flags", {}).json;
        QVERIFY(told["flags"]["uploads.enabled"]["pinned"] == true);
        QVERIFY(told["flags"]["uploads.enabled"]["value"] == false);
        QCOMPARE(site_->ask("http://" + canary->address, Method::post, "/api/v1/upload?title=t", "x").status,
                 403u);
    }
};

QTEST_GUILESS_MAIN(TestFlags)
#include "tst_flags.moc"
