#include "flags/file_provider.hpp"

#include <QTemporaryDir>
#include <QTest>

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "support/fake_clock.hpp"

using namespace qd;

namespace {

std::string document(int revision, const char* value) {
    return fmt::format(
        "revision: {}\nflags:\n  a:\n    variants: {{x: {}, y: 2}}\n    defaultVariant: x\n    targeting: "
        "[]\n",
        revision, value);
}

}  // namespace

class TstFileProvider : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    test::FakeClock clock_;

    std::filesystem::path file(const char* name) { return folder_.filePath(name).toStdString(); }
    static double a(const flags::FileProvider& provider) {
        return provider.snapshot()->set->number("a", {}, -1).value;
    }

private slots:
    void a_file_that_changes_is_in_force() {
        flags::FileProvider provider(file("changes"), {}, clock_);
        QVERIFY(provider.poll() == false);
        QVERIFY(a(provider) == -1 && provider.snapshot()->revision == 0);
        QVERIFY(core::write_file_atomically(file("changes"), document(1, "10")));
        QVERIFY(provider.poll() == true);
        const auto before = provider.snapshot();
        QVERIFY(a(provider) == 10 && before->revision == 1);
        QVERIFY(provider.poll() == false);
        QVERIFY(core::write_file_atomically(file("changes"), document(2, "20")));
        QVERIFY(provider.poll() == true);
        QVERIFY(a(provider) == 20 && provider.snapshot()->revision == 2);
        QVERIFY(before->set->number("a", {}, -1).value == 10);  // whoever holds it keeps it
    }

    void the_last_good_set_stays() {
        flags::FileProvider provider(file("good"), {}, clock_);
        QVERIFY(core::write_file_atomically(file("good"), document(1, "10")));
        QVERIFY(provider.poll() == true);
        QVERIFY(core::write_file_atomically(file("good"), "flags: nonsense"));
        QVERIFY(!provider.poll());
        QVERIFY(provider.poll() == false);  // told once
        QVERIFY(a(provider) == 10);
        clock_.advance(std::chrono::seconds(3));
        auto status = core::parse_json(provider.status());
        QCOMPARE((*status)["error"].get<std::string>(), std::string("line 1: flags is no map"));
        QCOMPARE((*status)["age_s"].get<double>(), 3.0);
        QCOMPARE((*status)["revision"].get<int>(), 1);
        QVERIFY((*status)["flags"]["a"]["pinned"] == false && (*status)["flags"]["a"]["value"] == 10);
        std::filesystem::remove(file("good"));
        QVERIFY(provider.poll() == false);
        QVERIFY(a(provider) == 10);
    }

    void a_pin_outdoes_the_file() {
        flags::FileProvider provider(file("pin"), {{"a", "y"}, {"gone", "x"}}, clock_);
        QVERIFY(core::write_file_atomically(file("pin"), document(1, "10")));
        QVERIFY(provider.poll() == true);
        QVERIFY(a(provider) == 2);
        const auto status = core::parse_json(provider.status());
        const auto& told = (*status)["flags"]["a"];
        QVERIFY(told["pinned"] == true && told["variant"] == "y" && told["value"] == 2);
        QVERIFY(provider.idle_pins().size() == 1 && provider.idle_pins().front().flag == "gone");
        QVERIFY(told["reason"] == "STATIC" && (*status)["pins"]["gone"] == "x");
        QVERIFY(flags::parse_pin("a=b")->variant == "b");
        for (const char* wrong : {"", "a", "=b", "a="}) QVERIFY(!flags::parse_pin(wrong));
    }
};

QTEST_GUILESS_MAIN(TstFileProvider)
#include "tst_file_provider.moc"
