#include <QTest>

#include "core/config.hpp"

using namespace qd::core;

class TestConfig : public QObject {
    Q_OBJECT

private slots:
    void givesValuesAndFallbacks() {
        auto reader = ConfigReader::parse("count: 3\nname: x\n", "f.yaml");
        QVERIFY(reader.has_value());
        QCOMPARE(reader->get<int>("count", 1), 3);
        QCOMPARE(reader->get<std::string>("name", ""), std::string("x"));
        QCOMPARE(reader->get<double>("absent", 0.5), 0.5);
        QVERIFY(reader->finish().has_value());
    }

    void namesTheLineAndTheReason_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown key") << "count: 1\nconut: 2\n"
                                     << "f.yaml:2: 'conut' is not a known key";
        QTest::newRow("wrong type") << "\ncount: many\n"
                                    << "f.yaml:2: 'count' has the wrong type";
        QTest::newRow("out of range") << "count: 99\n"
                                      << "f.yaml:1: 'count' must be between 1 and 9";
    }
    void namesTheLineAndTheReason() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        auto reader = ConfigReader::parse(text.toStdString(), "f.yaml");
        QVERIFY(reader.has_value());
        reader->get_in_range<int>("count", 1, 1, 9);
        const auto done = reader->finish();
        QVERIFY(!done.has_value());
        QCOMPARE(QString::fromStdString(done.error().message), message);
        QVERIFY(done.error().code == Errc::config);
    }

    void refusesWhatIsNoMapping() {
        QVERIFY(ConfigReader::parse("", "f").has_value());
        for (const char* text : {"- a\n- b\n", "just words", "a: [1, 2", "a: b: c"})
            QVERIFY2(!ConfigReader::parse(text, "f").has_value(), text);
    }

    void readsListsOfMappings() {
        auto reader = ConfigReader::parse("rows:\n  - n: 1\n  - n: 2\n    typo: 3\n", "f.yaml");
        auto rows = reader->children("rows");
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[1].get<int>("n", 0), 2);
        QCOMPARE(QString::fromStdString(rows[1].finish().error().message),
                 QString("f.yaml:4: 'typo' is not a known key"));
    }

    void readsSeveralDocuments() {
        auto readers =
            ConfigReader::parse_all("a: 1\n---\n# nothing\n--- \nb:\n  c: 2\n...\nd: '---'\n", "f.yaml");
        QVERIFY(readers.has_value());
        QCOMPARE(readers->size(), std::size_t(3));
        QCOMPARE(readers->at(0).place("a"), std::string("f.yaml:1"));
        ConfigReader child = readers->at(1).child("b");
        QCOMPARE(child.place("c"), std::string("f.yaml:6"));
        child.reject("c", "is wrong");
        QCOMPARE(child.finish().error().message, std::string("f.yaml:6: 'c' is wrong"));
        QCOMPARE(readers->at(2).get<std::string>("d", ""), std::string("---"));
        QVERIFY(readers->at(2).finish().has_value());
        QCOMPARE(ConfigReader::parse_all("", "f.yaml")->size(), std::size_t(0));
        QCOMPARE(ConfigReader::parse_all("...\na: 1\n", "f.yaml")->at(0).place("a"), std::string("f.yaml:2"));
        QVERIFY(!ConfigReader::parse_all("a: 1\n---\n[1]\n", "f.yaml").has_value());
        const auto broken = ConfigReader::parse_all("a: 1\n---\nb: [\n", "f.yaml");
        QVERIFY(!broken && broken.error().message.starts_with("f.yaml:"));
        std::string many;
        for (int i = 0; i < 1'001; ++i) many += "a: 1\n---\n";
        QVERIFY(!ConfigReader::parse_all(many, "f.yaml").has_value());
    }
};

QTEST_GUILESS_MAIN(TestConfig)
#include "tst_config.moc"
