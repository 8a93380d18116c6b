#include "flags/semver.hpp"

#include <QTest>

using namespace qd;

class TstSemver : public QObject {
    Q_OBJECT

private slots:
    void precedence_is_that_of_the_specification() {
        const std::vector<std::string_view> ascending{
            "0.9",           "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-rc.1",  "1.0.0",         "v1.0.1",           "1.2",        "v2",
            "10.0.0"};
        for (std::size_t a = 0; a < ascending.size(); ++a)
            for (std::size_t b = 0; b < ascending.size(); ++b) {
                const auto left = flags::parse_semver(ascending[a]),
                           right = flags::parse_semver(ascending[b]);
                QVERIFY(left && right);
                QCOMPARE(flags::compare(*left, *right), int(a > b) - int(a < b));
            }
    }

    void build_metadata_has_no_part_in_it() {
        QVERIFY(flags::compare(*flags::parse_semver("1.0.0+a-b"), *flags::parse_semver("1.0.0+c")) == 0);
    }

    void what_is_no_version_is_none() {
        for (const char* text : {"", "v", "1.", "1..2", "1.2.3.4", "1.2.3-", "1.2.3-a..b", "1.2.3-a.",
                                 "1.2.3+", "one", "1.2.x", "-1", "99999999999999999999.0.0"})
            QVERIFY2(!flags::parse_semver(text), text);
    }
};

QTEST_GUILESS_MAIN(TstSemver)
#include "tst_semver.moc"
