// Keys: one meaning each, none taken from somebody who types, all taught by the palette and the sheet.

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QTest>
#include <QTextEdit>

#include "app/shell/console.hpp"
#include "app/shell/palette_items.hpp"
#include "app/shell/shortcut_sheet.hpp"
#include "fake_opsd.hpp"

using namespace qd;
using namespace qd::app;

class TestShortcuts : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    ActionRegistry& actions() { return console_->session().actions(); }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console_->window()));
        console_->session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(console_->session().link().isLive(), 5'000);
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    /// On a page its own actions and those of the window can be meant by the same key.
    void a_key_means_one_thing() {
        std::vector<std::pair<const Command*, QKeySequence>> taken;
        QStringList clashes;
        for (const Command* command : actions().commands()) {
            QVERIFY2(!command->title.isEmpty(), qPrintable(command->id));
            for (const QKeySequence& key : actions().action(command->id)->shortcuts()) {
                for (const auto& [other, used] : taken)
                    if (key == used &&
                        (isWindowWide(*command) || isWindowWide(*other) || command->page == other->page))
                        clashes
                            << QStringLiteral("%1: %2 and %3").arg(key.toString(), other->id, command->id);
                taken.emplace_back(command, key);
            }
        }
        QVERIFY2(clashes.isEmpty(), qPrintable(clashes.join("; ")));
        QVERIFY(taken.size() > 60);
    }
    void only_a_page_gives_letters_a_meaning() {
        for (const Command* command : actions().commands()) {
            if (!isWindowWide(*command)) continue;
            for (const QKeySequence& key : actions().action(command->id)->shortcuts()) {
                const bool letter = key[0].key() >= Qt::Key_A && key[0].key() <= Qt::Key_Z;
                QVERIFY2(!letter || key[0].keyboardModifiers() & Qt::ControlModifier,
                         qPrintable(command->id));
            }
        }
    }
    void who_types_does_nothing_else() {
        QStringList done;
        connect(&actions(), &ActionRegistry::finished, this,
                [&done](const QString& id, const Outcome&) { done << id; });
        int fields = 0;
        for (const QString& name : pageNames()) {
            console_->window().showPage(name);
            Page* page = console_->window().page(name);
            QTRY_VERIFY_WITH_TIMEOUT(page->hasData(), 5'000);
            done.clear();
            for (QWidget* field : page->findChildren<QWidget*>()) {
                auto* line = qobject_cast<QLineEdit*>(field);
                auto* plain = qobject_cast<QPlainTextEdit*>(field);
                auto* rich = qobject_cast<QTextEdit*>(field);
                const bool writable = (line && !line->isReadOnly()) || (plain && !plain->isReadOnly()) ||
                                      (rich && !rich->isReadOnly());
                if (!writable || !field->isVisible() || !field->isEnabled()) continue;
                if (qobject_cast<QAbstractSpinBox*>(field->parentWidget())) continue;
                field->setFocus();
                if (!field->hasFocus()) continue;
                ++fields;
                for (const char* keys :
                     {"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", " ?/[],."})
                    QTest::keyClicks(field, QString::fromLatin1(keys));
                QTest::keyClick(field, Qt::Key_Delete);
                QVERIFY2(!QApplication::activeModalWidget(), qPrintable(name + ": " + field->objectName()));
                QVERIFY2(done.isEmpty(), qPrintable(name + ": " + done.join(", ")));
                if (line) line->clear();
            }
        }
        QVERIFY(fields >= 5);
    }
    void going_to_a_page_gives_it_the_keys_also_when_it_is_shown() {
        MainWindow& window = console_->window();
        window.showPage("incidents");
        QTRY_VERIFY_WITH_TIMEOUT(window.page("incidents")->hasData(), 5'000);
        const auto buttons = window.findChildren<QAbstractButton*>();
        const auto outside = std::find_if(buttons.begin(), buttons.end(), [&](QAbstractButton* button) {
            return button->isVisible() && button->isEnabled() &&
                   !window.page("incidents")->isAncestorOf(button);
        });
        QVERIFY(outside != buttons.end());
        (*outside)->setFocus();
        QVERIFY((*outside)->hasFocus());
        actions().trigger("incidents.open");
        QVERIFY(window.page("incidents")->isAncestorOf(window.focusWidget()));
    }
    void the_palette_finds_every_action() {
        QStringList titles;
        for (const PaletteItem& item : paletteItems(console_->window())) titles << item.title;
        for (const Command* command : actions().commands())
            if (command->id != "app.palette")  // which is the palette
                QVERIFY2(!titles.filter(command->title).isEmpty(), qPrintable(command->id));
    }
    /// Whatever the number of actions, the sheet is no larger than the window and shows every key without
    /// scrolling sideways.
    void the_sheet_can_be_read() {
        actions().trigger("app.help");
        auto* sheet = console_->window().findChild<ShortcutSheet*>();
        QVERIFY(sheet);
        QVERIFY(QTest::qWaitForWindowExposed(sheet));
        QCOMPARE_LE(sheet->height(), console_->window().height());
        QCOMPARE_LE(sheet->width(), console_->window().width());
        const auto* scroll = sheet->findChild<QScrollArea*>();
        QCOMPARE_LE(scroll->widget()->width(), scroll->viewport()->width());
        const QList<QLabel*> labels = sheet->findChildren<QLabel*>();
        for (const Command* command : actions().commands()) {
            if (command->shortcut.isEmpty()) continue;
            QVERIFY2(std::any_of(labels.begin(), labels.end(),
                                 [&](const QLabel* label) { return label->text() == command->title; }),
                     qPrintable(command->id));
        }
        sheet->close();
    }
    void the_sheet_begins_with_the_keys_of_the_page_one_is_on() {
        for (const QString& page : {QStringLiteral("preview"), QStringLiteral("slos")}) {
            console_->window().showPage(page);
            actions().trigger("app.help");
            auto* sheet = console_->window().findChild<ShortcutSheet*>();
            QVERIFY(sheet);
            QVERIFY(QTest::qWaitForWindowExposed(sheet));
            int topmost = sheet->height();
            QHash<QString, int> tops;
            for (const QLabel* label : sheet->findChildren<QLabel*>()) {
                tops[label->text()] = label->mapTo(sheet, QPoint()).y();
                topmost = std::min(topmost, tops[label->text()]);
            }
            for (const Command* command : actions().commands())
                if (!command->shortcut.isEmpty() && command->page == page)
                    QCOMPARE(tops.value(command->group, -1), topmost);
            delete sheet;
        }
    }
};

QTEST_MAIN(TestShortcuts)
#include "tst_shortcuts.moc"
