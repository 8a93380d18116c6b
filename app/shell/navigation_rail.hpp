#pragma once
// The pages, at the left edge: icon, name, number key, and a count of what waits there.

#include <QAbstractButton>
#include <QFrame>
#include <QVector>

#include "widgets/theme/icons.hpp"

class QVBoxLayout;

namespace qd::app {

class NavigationButton : public QAbstractButton {
    Q_OBJECT

public:
    NavigationButton(widgets::Icon icon, const QString& text, const QString& key, QWidget* parent);
    /// 0: none.
    void setCount(int count);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    widgets::Icon icon_;
    QString key_;
    int count_ = 0;
};

class NavigationRail : public QFrame {
    Q_OBJECT

public:
    explicit NavigationRail(QWidget* parent = nullptr);
    void addPage(const QString& id, widgets::Icon icon, const QString& title, const QString& key);
    void setCurrent(const QString& id);
    void setCount(const QString& id, int count);
    /// A control at the lower end.
    void addFooter(QWidget* widget);

signals:
    void pageRequested(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Entry {
        QString id;
        NavigationButton* button;
    };
    QVector<Entry> entries_;
    QVBoxLayout* pages_;
    QVBoxLayout* footer_;
};

}  // namespace qd::app
