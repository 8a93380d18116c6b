#pragma once
// A few questions about a release, and which way suits the answers: live, with the reason and why not the
// others.

#include <QWidget>

#include "rollouts/advice.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace qd::app {

QString wordOf(rollouts::ReleaseWay way);  // "Canary", "Blue-green", "Rolling", "Feature flag"

class AdvicePanel : public QWidget {
    Q_OBJECT

public:
    explicit AdvicePanel(QWidget* parent = nullptr);

    rollouts::ReleaseAnswers answers() const;
    const rollouts::Advice& advice() const { return advice_; }
    /// Empty: the suggestion can be taken.
    void setBlocked(const QString& reason);

signals:
    /// The person wants to begin with what is suggested.
    void taken(qd::rollouts::ReleaseWay way);

private:
    QComboBox* addChoice(QVBoxLayout* layout, const QString& name, const QString& label,
                         const QStringList& words);
    QCheckBox* addQuestion(QVBoxLayout* layout, const QString& name, const QString& text);
    void refresh();

    rollouts::Advice advice_;
    QComboBox* risk_;
    QComboBox* migration_;
    QCheckBox* evidence_;
    QCheckBox* instant_;
    QCheckBox* capacity_;
    QCheckBox* facing_;
    QCheckBox* stateful_;
    QCheckBox* trial_ = nullptr;
    QLabel* suggestion_;
    QLabel* reason_;
    QLabel* cautions_;
    QLabel* others_;
    QPushButton* take_ = nullptr;
};

}  // namespace qd::app
