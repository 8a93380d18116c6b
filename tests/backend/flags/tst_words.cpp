// What people read of a flag.

#include "flags/words.hpp"

#include <QTest>

#include "flags/document.hpp"

using namespace qd;

class TstWords : public QObject {
    Q_OBJECT

private slots:
    void rules_and_what_is_served() {
        auto flag = flags::read_flag("a", R"(
variants: {all: 0, sd: 480}
defaultVariant: all
killVariant: sd
targeting:
  - when: [{attribute: version, semverLess: "2.1.0"}, {attribute: targetingKey, in: [kim, "7"]}]
    variant: sd
  - split: [{variant: sd, weight: 1}, {variant: all, weight: 7}]
)");
        QVERIFY2(flag, flag ? "" : flag.error().message.c_str());
        QCOMPARE(flags::text_of(flag->targeting[0]),
                 std::string("when version is before 2.1.0 and the key is one of kim, 7: sd"));
        QCOMPARE(flags::text_of(flag->targeting[1]), std::string("for everybody: sd 12.5 %, all 87.5 %"));
        QCOMPARE(flags::served_of(*flag), std::string("all"));
        flag->enabled = false;
        QCOMPARE(flags::served_of(*flag), std::string("sd (killed)"));
        flag->kill_variant.clear();
        QCOMPARE(flags::served_of(*flag), std::string("the code's own value (killed)"));
        QCOMPARE(flags::text_of(flags::Value(true)) + flags::text_of(flags::Value(1.5)),
                 std::string("true1.5"));
    }
    void a_flag_alone_is_read_as_it_is_written() {
        const auto flag = flags::read_flag("a", "{variants: {x: 'é\"', y: ''}, defaultVariant: x}");
        QVERIFY(flag);
        QVERIFY(flags::read_flag("a", flags::write_flag(*flag)) == *flag);
        const auto wrong = flags::read_flag("a", "variants: {x: 1}\ndefaultVariant: y\n");
        QVERIFY(!wrong && wrong.error().message.starts_with("line 1: flag 'a': the default variant"));
        for (const char* bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82"})
            QVERIFY(
                !flags::read_flag("a", std::string("variants: {x: 'a") + bytes + "'}\ndefaultVariant: x"));
        QVERIFY(flags::read_flag("a", "variants: {x: '\xe2\x82\xac \xf0\x9f\x98\x80'}\ndefaultVariant: x"));
        QVERIFY(!flags::read_flag("a",
                                  "{variants: {x: 1}, defaultVariant: x, targeting: [{when: [{attribute: n, "
                                  "less: nan}], variant: x}]}"));
        QCOMPARE(flags::read_flag("a", "variants: {x: 1}\nwhat: 2").error().message,
                 std::string("line 2: a flag has no field 'what'"));
    }
};

QTEST_GUILESS_MAIN(TstWords)
#include "tst_words.moc"
