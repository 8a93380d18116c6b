#pragma once
// Ctrl+K: every action, page, objective, incident and title, found by a few letters.

#include <QAbstractListModel>
#include <QFrame>
#include <QLineEdit>
#include <QListView>
#include <QPointer>
#include <functional>
#include <vector>

#include "app/shell/fuzzy.hpp"

namespace qd::app {

struct PaletteItem {
    QString title;
    QString kind;      // "Action", "Incident", "SLO", "Title", "Page"
    QString shortcut;  // as text; empty when none
    QString blocked;   // why it cannot be done now; empty when it can
    std::function<void()> run;
};

/// The items that match, best first; at most 200.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role : int { KindRole = Qt::UserRole + 1, ShortcutRole, BlockedRole, MatchRole };

    using QAbstractListModel::QAbstractListModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void setItems(std::vector<PaletteItem> items);
    void setPattern(const QString& pattern);
    const PaletteItem* at(int row) const;

private:
    void match();

    struct Hit {
        std::size_t item;
        FuzzyMatch match;
    };
    std::vector<PaletteItem> items_;
    std::vector<Hit> hits_;
    QString pattern_;
};

/// A sheet over the window's middle; Escape or a click elsewhere closes it.
class CommandPalette : public QFrame {
    Q_OBJECT

public:
    using Source = std::function<std::vector<PaletteItem>()>;

    CommandPalette(Source source, QWidget* window);
    /// Asks the source anew and takes the focus.
    void popUp(const QString& typed = {});
    QLineEdit* field() const { return field_; }
    PaletteModel* model() const { return model_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    void close();
    void runCurrent();
    void moveCurrent(int by);

    Source source_;
    QLineEdit* field_;
    QListView* list_;
    PaletteModel* model_;
    QPointer<QWidget> before_;  // had the focus, and gets it back: a page's keys need it
};

}  // namespace qd::app
