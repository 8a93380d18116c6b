#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <random>

#include "app/models/fetch_model.hpp"
#include "app/models/operations_models.hpp"
#include "app/models/rollout_models.hpp"
#include "app/models/site_models.hpp"
#include "app/models/slo_model.hpp"
#include "samples.hpp"
#include "widgets/tables/delegates.hpp"

using namespace qd;
using namespace qd::app;

namespace {

struct Item {
    QString key;
    int value = 0;
    bool operator==(const Item&) const = default;
};

class ItemModel : public KeyedTableModel<Item> {
public:
    ItemModel()
        : KeyedTableModel({{"Key",
                            [](const Item& i, int role) {
                                return role == Qt::DisplayRole ? QVariant(i.key) : QVariant();
                            },
                            {},
                            {}},
                           {"Value",
                            [](const Item& i, int role) {
                                return role == Qt::DisplayRole ? QVariant(i.value) : QVariant();
                            },
                            {},
                            {}}},
                          [](const Item& i) { return i.key; }) {}
};

}  // namespace

class TestModels : public QObject {
    Q_OBJECT

private slots:
    void any_list_becomes_any_other_without_a_reset() {
        ItemModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        std::mt19937 random(7);
        for (int round = 0; round < 400; ++round) {
            std::vector<Item> next;
            const int size = int(random() % 12);
            for (int i = 0; i < size; ++i)
                next.push_back({QString::number(random() % 15), int(random() % 3)});
            std::vector<Item> expected;
            for (const Item& item : next)
                if (std::none_of(expected.begin(), expected.end(),
                                 [&](const Item& e) { return e.key == item.key; }))
                    expected.push_back(item);
            model.update(next);
            QCOMPARE(model.rows(), expected);
        }
        QCOMPARE(resets.count(), 0);
    }
    void unchanged_rows_are_not_repainted() {
        ItemModel model;
        model.update({{"a", 1}, {"b", 2}, {"c", 3}});
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.update({{"a", 1}, {"b", 9}, {"c", 3}});
        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes.first().first().toModelIndex().row(), 1);
    }
    void selection_survives_updates_and_moves() {
        ItemModel model;
        model.update({{"a", 1}, {"b", 2}, {"c", 3}});
        const QPersistentModelIndex chosen(model.index(2, 0));
        model.update({{"c", 4}, {"a", 1}, {"d", 5}});
        QVERIFY(chosen.isValid());
        QCOMPARE(chosen.data(KeyRole).toString(), QStringLiteral("c"));
        model.update({{"a", 1}});
        QVERIFY(!chosen.isValid());
    }
    void objectives_say_words_where_there_is_no_number() {
        SloModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.update(test::statuses());
        QCOMPARE(model.rowCount(), 3);
        const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, SloModel::Health), QStringLiteral("Burning"));
        QCOMPARE(text(2, SloModel::Health), QStringLiteral("No traffic"));
        QCOMPARE(text(2, SloModel::Sli), QStringLiteral("No traffic"));
        QVERIFY(!text(2, SloModel::Budget).contains("100"));
        QCOMPARE(text(2, SloModel::Outlook), QStringLiteral("no events yet"));
        QCOMPARE(model.index(0, 0).data(widgets::StateRole).toInt(), int(widgets::State::Bad));
        QVERIFY(text(0, SloModel::Events).contains("90"));
    }
    void burn_rows_say_when_they_fire() {
        BurnRowModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto status = test::statuses().front();
        status.rows[1].firing = false;
        status.rows[1].fires_in_s = 23;
        model.update(BurnRowModel::itemsOf(status));
        QCOMPARE(model.index(0, BurnRowModel::RowState).data().toString(), QStringLiteral("firing"));
        QVERIFY(model.index(1, BurnRowModel::RowState).data().toString().startsWith("fires in 23"));
    }
    void processes_that_do_not_answer_are_told_apart() {
        ProcessModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        opsclient::Process up, never, gone;
        up.instance = "api-1", up.state = "ready", up.up = true, up.age_s = 0.5;
        never.instance = "api-2", never.state = "ready";
        gone.instance = "api-3", gone.state = "ready", gone.age_s = 40, gone.error = "connection refused";
        model.update({up, never, gone});
        QCOMPARE(model.index(0, ProcessModel::Health).data().toString(), QStringLiteral("Up"));
        QCOMPARE(model.index(1, ProcessModel::Health).data().toString(), QStringLiteral("Not read yet"));
        QCOMPARE(model.index(2, ProcessModel::Health).data().toString(), QStringLiteral("Does not answer"));
        QCOMPARE(model.index(2, ProcessModel::Health).data(Qt::ToolTipRole).toString(),
                 QStringLiteral("connection refused"));
    }
    void the_other_models_are_models() {
        IncidentModel incidents;
        RolloutModel rollouts;
        AuditModel audit;
        FetchModel fetches;
        ArmModel arms;
        TitleModel titles(nullptr);
        for (QAbstractItemModel* model : std::initializer_list<QAbstractItemModel*>{
                 &incidents, &rollouts, &audit, &fetches, &arms, &titles})
            new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::QtTest,
                                         model);
        incidents.update({test::incident()});
        rollouts.update({test::rollout()});
        audit.update(auditLinesOf(test::rollout()));
        player::FetchRecord record;
        record.number = 1;
        record.status = 200;
        fetches.update({{record, {}}});
        arms.update({{"Requests", "5", "6", "", -1, ""}});
        Title title;
        title.id = "t";
        title.state = "failed";
        title.error = "no video in it";
        titles.update({title});
        QCOMPARE(incidents.index(0, IncidentModel::Commander).data().toString(),
                 QStringLiteral("nobody yet"));
        QCOMPARE(titles.index(0, TitleModel::State).data().toString(), QStringLiteral("Failed"));
        for (QAbstractItemModel* model : std::initializer_list<QAbstractItemModel*>{
                 &incidents, &rollouts, &audit, &fetches, &arms, &titles})
            for (int column = 0; column < model->columnCount(); ++column) model->index(0, column).data();
    }
};

QTEST_MAIN(TestModels)
#include "tst_models.moc"
