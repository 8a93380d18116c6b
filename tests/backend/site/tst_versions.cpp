// Further versions under a supervisor, with small programs in the place of the site's: those that start,
// those that do not, and why.

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/files.hpp"
#include "site/control_client.hpp"
#include "site/supervisor.hpp"
#include "support/program.hpp"

using namespace qd;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Ready at once, and there until it is told to end.
const std::string good_program =
    "#!/bin/bash\necho \"$@\" > \"$(dirname \"$0\")/arguments\"\nfd=${@: -1}\n"
    "echo '{\"address\":\"127.0.0.1:1\"}' >&$fd\neval \"exec $fd>&-\"\nexec sleep 1000\n";

}  // namespace

class TestVersions : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<site::Supervisor> supervisor_;
    std::thread thread_;

    fs::path path(const std::string& name) const { return fs::path(folder_->path().toStdString()) / name; }
    void write_program(const std::string& name, const std::string& text) const {
        fs::create_directories(path(name).parent_path());
        QVERIFY(core::write_file_atomically(path(name), text));
        fs::permissions(path(name), fs::perms::owner_all);
    }
    /// A build named after what it does.
    site::Builds builds(const std::string& name, const std::string& text) const {
        write_program(name + "/streamd", text);
        return {{name, path(name + "/streamd")}};
    }
    void start_site(site::Builds builds, std::chrono::milliseconds start_limit = 20s) {
        for (const char* name : {"bin/streamd", "bin/opsd", "bin/viewers"}) write_program(name, good_program);
        site::SiteOptions options;
        options.data = path("data");
        options.programs = path("bin");
        options.api_instances = 1;
        options.versions = std::move(builds);
        options.start_limit = start_limit;
        supervisor_ = std::make_unique<site::Supervisor>(std::move(options), "token", site::SiteEvents{});
        thread_ = std::thread([this] { (void)supervisor_->run(); });
        QVERIFY(test::eventually([this] { return stable_is_ready(); }, 10'000));
    }
    site::ControlClient control() const { return site::ControlClient(site::Layout{path("data")}.socket()); }
    bool stable_is_ready() const {
        const auto processes = control().list();
        return processes && std::ranges::any_of(*processes, [](const site::ProcessInfo& one) {
                   return one.instance == "api-1" && one.state == site::ProcessState::ready;
               });
    }
    std::size_t api_count() const {
        const auto processes = control().list();
        return processes ? std::size_t(std::ranges::count(*processes, "api", &site::ProcessInfo::role)) : 0;
    }

private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }
    void cleanup() {
        if (supervisor_) supervisor_->stop();
        if (thread_.joinable()) thread_.join();
        supervisor_.reset();
    }

    void a_version_of_another_build_runs_with_its_flags() {
        start_site(builds("next", good_program));
        for (const char* arm : {"canary", "baseline", "stable"}) {
            const auto started =
                control().start({.arm = arm, .version = "v2", .program = "next", .flags = {{"hd", "on"}}});
            QVERIFY2(started.has_value(), started ? "" : started.error().message.c_str());
            QCOMPARE(started->front().arm, std::string(arm));
            const auto arguments = core::read_file(path("next/arguments"));
            QVERIFY(arguments.has_value());
            QVERIFY2(arguments->find("--flag hd=on") != std::string::npos, arguments->c_str());
        }
        QCOMPARE(api_count(), std::size_t(4));
    }

    void a_build_that_nobody_configured_is_refused() {
        start_site({});
        const auto started = control().start({.version = "v2", .program = "next"});
        QVERIFY(!started.has_value());
        QCOMPARE(started.error().code, core::Errc::invalid_argument);
    }

    void what_ends_twice_before_it_is_ready_is_given_up_with_its_last_words() {
        start_site(builds("broken", "#!/bin/bash\necho 'cannot read the new schema' >&2\nexit 78\n"));
        const auto started = control().start({.version = "v2", .count = 2, .program = "broken"});
        QVERIFY(!started.has_value());
        QCOMPARE(started.error().code, core::Errc::unavailable);
        for (const char* word : {"ended with code 78", "cannot read the new schema"})
            QVERIFY2(started.error().message.find(word) != std::string::npos,
                     started.error().message.c_str());
        QVERIFY(test::eventually([this] { return api_count() == 1; }, 20'000));  // nothing of it is left
        QVERIFY(stable_is_ready());
    }

    void a_site_whose_part_never_starts_ends_with_the_reason() {
        for (const char* name : {"bin/opsd", "bin/viewers"}) write_program(name, good_program);
        write_program("bin/streamd",
                      "#!/bin/bash\n[ \"$1\" = gateway ] && { echo 'the address is taken' >&2; exit 69; }\n" +
                          good_program.substr(good_program.find('\n') + 1));
        site::SiteOptions options;
        options.data = path("data");
        options.programs = path("bin");
        supervisor_ = std::make_unique<site::Supervisor>(std::move(options), "token", site::SiteEvents{});
        const auto ran = supervisor_->run();
        QVERIFY(!ran.has_value());
        QCOMPARE(ran.error().code, core::Errc::unavailable);
        for (const char* word : {"gateway-1", "ended with code 69", "the address is taken"})
            QVERIFY2(ran.error().message.find(word) != std::string::npos, ran.error().message.c_str());
        QVERIFY(!fs::exists(site::Layout{path("data")}.endpoints()));
    }

    void what_is_not_ready_in_time_is_given_up() {
        start_site(builds("slow", "#!/bin/bash\necho 'warming up'\nexec sleep 1000\n"), 500ms);
        const auto started = control().start({.version = "v2", .program = "slow"});
        QVERIFY(!started.has_value());
        for (const char* word : {"not ready within", "warming up"})
            QVERIFY2(started.error().message.find(word) != std::string::npos,
                     started.error().message.c_str());
        QVERIFY(test::eventually([this] { return api_count() == 1; }, 5'000));
    }

    void a_version_that_flaps_is_seen_to() {
        start_site(builds("flapping",
                          "#!/bin/bash\nfd=${@: -1}\necho '{\"address\":\"127.0.0.1:1\"}' >&$fd\n"
                          "eval \"exec $fd>&-\"\nsleep 0.05\nexit 1\n"));
        QVERIFY(control().start({.version = "v2", .program = "flapping"}).has_value());
        QVERIFY(test::eventually(
            [this] {
                const auto processes = control().list();
                return processes && std::ranges::any_of(*processes, [](const site::ProcessInfo& one) {
                           return one.version == "v2" && one.restarts >= 2;
                       });
            },
            10'000));
    }

    void the_configuration_names_builds() {
        write_program("next/streamd", good_program);
        const auto read = [this](const std::string& text) {
            if (!core::write_file_atomically(path("site.yaml"), text)) qFatal("cannot write");
            return site::read_site_config(path("site.yaml"), {});
        };
        const auto options = read("versions:\n  next: next/streamd\n");  // beside the configuration
        QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
        QCOMPARE(options->versions.at("next"), path("next/streamd"));
        for (const char* bad : {"versions:\n  next: /nowhere/streamd\n", "versions:\n  ../x: next/streamd\n",
                                "versions: 5\n"}) {
            const auto refused = read(bad);
            QVERIFY(!refused.has_value());
            QVERIFY2(refused.error().message.find("versions") != std::string::npos,
                     refused.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestVersions)
#include "tst_versions.moc"
