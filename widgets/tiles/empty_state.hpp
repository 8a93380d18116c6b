#pragma once
#include <QPushButton>
#include <QWidget>

#include "widgets/theme/icons.hpp"

class QLabel;

namespace qd::widgets {

// Stands where content will be: what is missing, why, and how to get it.
class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(Icon icon, const QString& title, const QString& text = {}, QWidget* parent = nullptr);

    void setContent(Icon icon, const QString& title, const QString& text = {});
    // Adds the button on first use. An empty text takes it away.
    QPushButton* setAction(const QString& text);

signals:
    void actionTriggered();

private:
    QWidget* picture_;
    QLabel* title_;
    QLabel* text_;
    QPushButton* action_ = nullptr;
};

}  // namespace qd::widgets
