#include <QTest>

#include "core/csv.hpp"

using namespace qd::core;

class TestCsv : public QObject {
    Q_OBJECT

private slots:
    void quotesWhatMustBe() {
        QCOMPARE(csv_row({"a", "b c", "d,e", "say \"x\"", ""}),
                 std::string("a,b c,\"d,e\",\"say \"\"x\"\"\",\r\n"));
    }

    void noCellIsAFormula_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text :
             {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0"})
            QTest::addRow("%s", QByteArray(text).toPercentEncoding().constData()) << QByteArray(text);
    }
    void noCellIsAFormula() {
        QFETCH(QByteArray, text);
        const std::string cell = csv_cell(text.toStdString());
        QVERIFY(cell.starts_with("\"'"));
        QVERIFY(cell.ends_with('"'));
    }
};

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"
